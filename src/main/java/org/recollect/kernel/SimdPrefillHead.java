package org.recollect.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/// One query head's way through a text, four queries at a time. Only the weights of these four are
/// held, page by page: `[pages][4][64]`. Mutable, used once.
///
/// Weights are floats. What 64 queries give to a token is summed up in float, and such sums in
/// double precision, which adds at most 2 in 10^6 to the error of the weights.
final class SimdPrefillHead {

  /// Tokens whose keys lie together.
  static final int PAGE = 64;

  /// Queries that share one reading of a page.
  private static final int TOGETHER = 4;

  private static final int PAGE_WEIGHTS = TOGETHER * PAGE;

  private final Prefill text;
  private final int head;
  private final int tokens;
  private final int headDim;
  private final MemorySegment keys;
  private final long firstKey;
  private final float[] queries;
  private final float[] weights;
  private final float[] shares = new float[TOGETHER];
  private final float[] recent;
  private final double[] received;

  /// @param keys of all heads `[kvHeads][pages][headDim][64]`
  SimdPrefillHead(Prefill text, int head, MemorySegment keys) {
    this.text = text;
    this.head = head;
    this.tokens = text.tokens();
    this.headDim = text.heads().headDim();
    this.keys = keys;
    int padded = (tokens + PAGE - 1) / PAGE * PAGE;
    this.firstKey = 4L * (head / text.heads().queriesPerHead()) * padded * headDim;
    this.queries = new float[TOGETHER * headDim];
    this.weights = new float[TOGETHER * padded];
    this.recent = new float[padded];
    this.received = new double[padded];
  }

  /// Fills this head's part of `columnSums [heads][tokens]` and `window [heads][rows][tokens]`.
  void run(float[] columnSums, float[] window) {
    for (int query = 0; query < tokens; query += TOGETHER) {
      int count = Math.min(TOGETHER, tokens - query);
      int pages = query / PAGE + 1;
      weigh(query, count, pages);
      receive(weights, shares, pages, recent);
      keep(query, count, window);
      if (query + TOGETHER >= pages * PAGE || query + count == tokens) {
        drain(recent, received, pages * PAGE);
      }
    }
    for (int token = 0; token < tokens; token++) {
      columnSums[head * tokens + token] = (float) received[token];
    }
  }

  /// Fills `weights` with `exp(logit - largest)` of some queries, and `shares` with what makes the
  /// weights of each add up to 1. Where there are fewer than four, the others' weights are zero.
  private void weigh(int query, int count, int pages) {
    float scale = (float) (1 / Math.sqrt(headDim));
    int from = (head * tokens + query) * headDim;
    for (int i = 0; i < count * headDim; i++) {
      queries[i] = scale * text.queries()[from + i];
    }
    Arrays.fill(weights, 0, pages * PAGE_WEIGHTS, 0);
    for (int page = 0; page < pages; page++) {
      long at = firstKey + 4L * page * PAGE * headDim;
      SimdProduct.add(
          keys, at, headDim, PAGE, queries, 0, headDim, count, weights, page * PAGE_WEIGHTS);
    }
    for (int i = 0; i < count; i++) {
      shares[i] = (float) (1 / softmax(i, query + i, pages));
    }
  }

  /// Turns the logits of the `i`-th query, which is that of token `own`, into weights.
  ///
  /// @return their sum
  private double softmax(int i, int own, int pages) {
    int first = i * PAGE;
    int last = first + (pages - 1) * PAGE_WEIGHTS;
    Arrays.fill(weights, last + own % PAGE + 1, last + PAGE, Float.NEGATIVE_INFINITY);
    float largest = Float.NEGATIVE_INFINITY;
    for (int at = first; at <= last; at += PAGE_WEIGHTS) {
      largest = Math.max(largest, SimdSoftmax.max(weights, at, PAGE));
    }
    double sum = 0;
    for (int at = first; at <= last; at += PAGE_WEIGHTS) {
      sum += SimdSoftmax.exp(weights, at, PAGE, largest);
    }
    Arrays.fill(weights, last + own % PAGE + 1, last + PAGE, 0);
    return sum;
  }

  /// Adds the four weights of each token, times their shares, to what it has received.
  private static void receive(float[] weights, float[] shares, int pages, float[] received) {
    var a = FloatVector.broadcast(Lanes.FLOATS, shares[0]);
    var b = FloatVector.broadcast(Lanes.FLOATS, shares[1]);
    var c = FloatVector.broadcast(Lanes.FLOATS, shares[2]);
    var d = FloatVector.broadcast(Lanes.FLOATS, shares[3]);
    for (int page = 0; page < pages; page++) {
      for (int lane = 0; lane < PAGE; lane += Lanes.COUNT) {
        int at = page * PAGE_WEIGHTS + lane;
        var ab = Lanes.floats(weights, at).fma(a, Lanes.floats(weights, at + PAGE).mul(b));
        var abc = Lanes.floats(weights, at + 2 * PAGE).fma(c, ab);
        var abcd = Lanes.floats(weights, at + 3 * PAGE).fma(d, abc);
        int to = page * PAGE + lane;
        Lanes.floats(received, to).add(abcd).intoArray(received, to);
      }
    }
  }

  /// Keeps those queries' weights that lie in the window.
  private void keep(int query, int count, float[] window) {
    int rows = text.rows();
    for (int i = Math.max(0, tokens - rows - query); i < count; i++) {
      int to = (head * rows + query + i - (tokens - rows)) * tokens;
      for (int from = 0; from <= query + i; from += PAGE) {
        int at = from * TOGETHER + i * PAGE;
        int end = Math.min(PAGE, query + i + 1 - from);
        for (int token = 0; token < end; token++) {
          window[to + from + token] = shares[i] * weights[at + token];
        }
      }
    }
  }

  /// Adds what was received to the sums, and starts over.
  private static void drain(float[] recent, double[] received, int count) {
    for (int i = 0; i < count; i++) {
      received[i] += recent[i];
    }
    Arrays.fill(recent, 0, count, 0);
  }
}
