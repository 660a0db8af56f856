package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.recollect.kernel.PageFormat.Floats;

/// One panel of keys and the heads in it over a run of pages: logits, softmax and weighted values
/// page by page. Weights are `exp(logit - shift)`, where the shift is raised when a page has a much
/// larger logit. Mutable: run once, then merged.
final class SimdPart {

  /// Numbers of a tile: 32 KiB.
  private static final int TILE = 8192;

  private final DecodeStep step;
  final int panel;
  private final List<KeyValuePage> pages;
  private final int firstToken;
  private final float[] logits;
  private final int allTokens;

  private final int heads;
  private final int queries;
  private final int headDim;
  final int valueLanes;
  private final SimdBooks books = new SimdBooks();
  private final SimdPoints points = new SimdPoints();

  /// Of each query head of the panel.
  final float[] shift;

  final double[] total;
  final float[] sums;

  /// Kept, so that what is only touched is read.
  private int touched;

  /// @param pages the run of pages
  /// @param firstToken of the run, among the tokens of the step
  /// @param logits of the whole step `[queryHeads][tokens]` to be filled in, or null
  SimdPart(DecodeStep step, int panel, List<KeyValuePage> pages, int firstToken, float[] logits) {
    this.step = step;
    this.panel = panel;
    this.pages = pages;
    this.firstToken = firstToken;
    this.logits = logits;
    this.allTokens = logits == null ? 0 : logits.length / step.heads().queryHeads();
    var page = pages.getFirst();
    this.heads = page.values().panels() / page.keys().panels();
    this.queries = step.heads().queriesPerHead();
    this.headDim = step.heads().headDim();
    this.valueLanes = page.values().layout().lanes;
    this.shift = new float[heads * queries];
    Arrays.fill(shift, Float.NEGATIVE_INFINITY);
    this.total = new double[heads * queries];
    this.sums = new float[heads * queries * valueLanes];
  }

  /// Numbers of keys to read.
  long numbers() {
    return (long) pages.stream().mapToInt(KeyValuePage::tokens).sum() * heads * headDim;
  }

  /// Whether a thread may read the pages.
  boolean isAccessibleBy(Thread thread) {
    return pages.stream()
        .allMatch(page ->
            page.keys().memory().isAccessibleBy(thread)
                && page.values().memory().isAccessibleBy(thread));
  }

  void run() {
    var scratch = SimdScratch.ofThread();
    int token = firstToken;
    for (var page : pages) {
      if (page.tokens() > 0) {
        attend(page, token, scratch);
      }
      token += page.tokens();
    }
  }

  private void attend(KeyValuePage page, int token, SimdScratch scratch) {
    int lanes = page.keys().layout().lanes;
    float[] weights = scratch.weights(heads * queries * lanes);
    Arrays.fill(weights, 0, heads * queries * lanes, 0);
    touch(page.keys(), panel, 1);
    touch(page.values(), panel * heads, heads);
    switch (step.keys()) {
      case KeyForm.Turned _ -> {
        for (int head = 0; head < heads; head++) {
          addKeys(page.keys(), head, weights, head * queries * lanes, scratch);
        }
      }
      case KeyForm.BeforeRope form -> {
        SimdTurning.read(page, panel, form, headDim, scratch);
        for (int head = 0; head < heads; head++) {
          long start = 4L * head * headDim * lanes;
          addRows(scratch.tile, start, lanes, head, 0, headDim, weights, head * queries * lanes);
        }
      }
    }
    for (int query = 0; query < heads * queries; query++) {
      softmax(query, weights, query * lanes, lanes, page.tokens(), token);
    }
    for (int head = 0; head < heads; head++) {
      addValues(
          page.values(), head, page.tokens(), weights, head * queries * lanes, lanes, scratch);
    }
  }

  /// Reads a byte of every cache line of some panels, which fetches them faster than the loops that
  /// compute would.
  private void touch(Page page, int firstPanel, int panels) {
    long start = page.start(firstPanel);
    int bytes = (int) (page.start(firstPanel + panels) - start);
    var memory = page.memory();
    int sum = 0;
    // Panels are whole multiples of a cache line; four at a time while there are as many.
    int i = 0;
    for (; i < bytes - 192; i += 256) {
      sum +=
          memory.get(JAVA_BYTE, start + i)
              + memory.get(JAVA_BYTE, start + i + 64)
              + memory.get(JAVA_BYTE, start + i + 128)
              + memory.get(JAVA_BYTE, start + i + 192);
    }
    for (; i < bytes; i += 64) {
      sum += memory.get(JAVA_BYTE, start + i);
    }
    touched = sum;
  }

  /// Adds the logits of a head from keys as they are stored.
  private void addKeys(Page keys, int head, float[] weights, int at, SimdScratch scratch) {
    var layout = keys.layout();
    int row = head * headDim;
    if (SimdBooks.serve(keys, headDim)) {
      books.addKeys(
          keys,
          panel,
          row,
          headDim,
          step.queries(),
          coefficients(head),
          queries,
          weights,
          at,
          scratch);
    } else if (SimdPoints.serve(keys, headDim)) {
      points.addKeys(
          keys,
          panel,
          row,
          headDim,
          step.queries(),
          coefficients(head),
          queries,
          weights,
          at,
          scratch);
    } else if (keys.format().equals(Floats.F32)) {
      long start = keys.start(panel) + 4L * row * layout.lanes;
      addRows(keys.memory(), start, layout.lanes, head, 0, headDim, weights, at);
    } else {
      int most = tileRows(layout.lanes);
      for (int from = 0; from < headDim; from += most) {
        int rows = Math.min(most, headDim - from);
        var tile = SimdPanel.read(keys, panel, row + from, rows, scratch);
        addRows(tile, 0, layout.lanes, head, from, rows, weights, at);
      }
    }
  }

  /// Rows of a tile that leaves room for others in the nearest cache, whole bytes of codes.
  private static int tileRows(int lanes) {
    return Math.max(8, TILE / lanes / 8 * 8);
  }

  /// Adds what some channels of a head's keys, from channel `from` on, give to its logits.
  private void addRows(
      MemorySegment keys,
      long start,
      int lanes,
      int head,
      int from,
      int channels,
      float[] weights,
      int at) {
    SimdProduct.add(
        keys,
        start,
        channels,
        lanes,
        step.queries(),
        coefficients(head) + from,
        headDim,
        queries,
        weights,
        at);
  }

  /// Where the queries of a head of the panel begin.
  private int coefficients(int head) {
    return (panel * heads + head) * queries * headDim;
  }

  /// Turns a query's logits into weights, zero behind the last token.
  private void softmax(int query, float[] weights, int at, int lanes, int tokens, int firstToken) {
    if (logits != null) {
      int row = panel * heads * queries + query;
      System.arraycopy(weights, at, logits, row * allTokens + firstToken, tokens);
    }
    Arrays.fill(weights, at + tokens, at + lanes, Float.NEGATIVE_INFINITY);
    float largest = SimdSoftmax.max(weights, at, lanes);
    if (largest > shift[query] + SimdSoftmax.HEADROOM || total[query] == 0) {
      raise(query, largest);
    }
    total[query] += SimdSoftmax.exp(weights, at, lanes, shift[query]);
    Arrays.fill(weights, at + tokens, at + lanes, 0);
  }

  private void raise(int query, float to) {
    float scale = (float) Math.exp((double) shift[query] - to);
    shift[query] = to;
    total[query] *= scale;
    for (int i = query * valueLanes; i < (query + 1) * valueLanes; i++) {
      sums[i] *= scale;
    }
  }

  private void addValues(
      Page values, int head, int tokens, float[] weights, int at, int stride, SimdScratch scratch) {
    int valuePanel = panel * heads + head;
    var layout = values.layout();
    int to = head * queries * valueLanes;
    if (SimdBooks.serve(values, headDim)) {
      SimdBooks.addValues(values, valuePanel, weights, at, stride, queries, sums, to, scratch);
    } else if (values.format().equals(Floats.F32)) {
      SimdProduct.add(
          values.memory(),
          values.start(valuePanel),
          tokens,
          layout.lanes,
          weights,
          at,
          stride,
          queries,
          sums,
          to);
    } else {
      int most = tileRows(layout.lanes);
      for (int from = 0; from < tokens; from += most) {
        int rows = Math.min(most, tokens - from);
        var tile = SimdPanel.read(values, valuePanel, from, rows, scratch);
        SimdProduct.add(tile, 0, rows, layout.lanes, weights, at + from, stride, queries, sums, to);
      }
    }
  }
}
