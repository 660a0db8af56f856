package org.recollect.kernel.cuda;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import org.recollect.kernel.Basis;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.KeyForm;
import org.recollect.kernel.KeyForm.BeforeRope;
import org.recollect.kernel.KeyValuePage;

/// The steps of a call as the kernels of `kernels-native/src/attention.cu` read them: cut into
/// tiles of up to 64 tokens of a page, and these into runs of four. Mutable until it is uploaded.
final class AttentionPlan {

  static final int TILE = 64;
  static final int RUN = 4;

  private static final int STEP_BYTES = 56;
  private static final int RUN_BYTES = 16;
  private static final int TILE_BYTES = 40;
  private static final int UNTURNED_BYTES = 64;

  /// Where a step begins in what is counted over all steps: numbers of queries and outputs, query
  /// heads, and numbers of logits and column sums, which only steps with statistics have.
  record Start(int queries, int heads, long logits, int columns) {}

  /// The addresses of a plan on the device.
  record Input(
      long steps,
      long runs,
      long tiles,
      long layouts,
      long unturned,
      long positions,
      long orders,
      long queries) {}

  private final Copies copies;
  private final long turnedKeys;
  private final int lastPosition;
  private final Layouts layouts;
  private final Struct steps;
  private final Struct runs;
  private final Struct tiles;
  private final Struct unturned;
  private final Struct positions;
  private final Struct orders;
  private final Struct queries;
  private Start next = new Start(0, 0, 0, 0);
  private long partials;
  private long turned;

  /// @param all the steps that will be added
  /// @param turnedKeys the address of room for keys that are turned first, see [#turnedBytes]
  AttentionPlan(Arena arena, Copies copies, List<DecodeStep> all, long turnedKeys) {
    this.copies = copies;
    this.turnedKeys = turnedKeys;
    this.lastPosition = lastPosition(all);
    this.layouts = new Layouts(arena, copies);
    this.steps = new Struct(arena);
    this.runs = new Struct(arena);
    this.tiles = new Struct(arena);
    this.unturned = new Struct(arena);
    this.positions = new Struct(arena);
    this.orders = new Struct(arena);
    this.queries = new Struct(arena);
  }

  /// Bytes of the keys of steps that are stored before RoPE, in single precision and whole tiles.
  static long turnedBytes(List<DecodeStep> steps) {
    return steps.stream()
        .filter(step -> step.keys() instanceof BeforeRope)
        .flatMap(step -> step.pages().stream())
        .mapToLong(page -> Math.ceilDiv(page.tokens(), TILE) * 4L * TILE * page.keys().channels())
        .sum();
  }

  private static int lastPosition(List<DecodeStep> steps) {
    return steps.stream()
        .filter(step -> step.keys() instanceof BeforeRope)
        .flatMap(step -> step.pages().stream())
        .flatMapToInt(page -> Arrays.stream(page.positions(), 0, page.tokens()))
        .max()
        .orElse(0);
  }

  /// Adds a step.
  ///
  /// @return where it begins
  Start add(DecodeStep step) {
    int firstTile = count(tiles, TILE_BYTES);
    int order = step.keys() instanceof BeforeRope form ? addOrder(form.basis(), step) : -1;
    int first = 0;
    for (var page : step.pages()) {
      if (page.tokens() > 0) {
        addTiles(step, page, first, order);
      }
      first += page.tokens();
    }
    int stepRuns = addRuns(firstTile);
    var start = next;
    var heads = step.heads();
    steps.put((long) start.queries).put(partials);
    steps.put(step.statistics() ? start.logits : -1L).put((long) start.columns);
    steps.put(start.heads).put(heads.kvHeads()).put(heads.queriesPerHead()).put(heads.headDim());
    steps.put(step.tokens()).put(stepRuns).end();
    queries.append(step.queries());
    partials += (long) stepRuns * heads.queryHeads();
    int counted = step.statistics() ? step.tokens() : 0;
    next =
        new Start(
            Math.addExact(start.queries, step.queries().length),
            start.heads + heads.queryHeads(),
            start.logits + (long) counted * heads.queryHeads(),
            Math.addExact(start.columns, counted * heads.kvHeads()));
    return start;
  }

  /// What is counted over all steps so far.
  Start end() {
    return next;
  }

  int runCount() {
    return count(runs, RUN_BYTES);
  }

  /// Tiles whose keys are turned first.
  int unturnedCount() {
    return count(unturned, UNTURNED_BYTES);
  }

  /// What runs leave behind: one for each and each query head of its step.
  long partials() {
    return partials;
  }

  /// Copies all of it to the device.
  Input upload(Cuda cuda) {
    var parts = List.of(steps, runs, tiles, layouts.table(), unturned, positions, orders, queries);
    long[] at = new long[parts.size()];
    long bytes = 0;
    for (int i = 0; i < at.length; i++) {
      at[i] = bytes;
      bytes += Math.ceilDiv(parts.get(i).size(), 64) * 64;
    }
    long base = cuda.input().atLeast(bytes);
    for (int i = 0; i < at.length; i++) {
      at[i] += base;
      if (parts.get(i).size() > 0) {
        cuda.stream().upload(parts.get(i).memory(), at[i]);
      }
    }
    return new Input(at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]);
  }

  private int addRuns(int firstTile) {
    int step = count(steps, STEP_BYTES);
    int end = count(tiles, TILE_BYTES);
    int number = 0;
    for (int tile = firstTile; tile < end; tile += RUN) {
      runs.put(step).put(number++).put(tile).put(Math.min(RUN, end - tile));
    }
    return number;
  }

  private void addTiles(DecodeStep step, KeyValuePage page, int first, int order) {
    long keys = copies.of(page.keys());
    long values = copies.of(page.values());
    int keyLayout = layouts.of(page.keys());
    int valueLayout = layouts.of(page.values());
    for (int token = 0; token < page.tokens(); token += TILE) {
      int tokens = Math.min(TILE, page.tokens() - token);
      switch (step.keys()) {
        case KeyForm.Turned _ -> {
          tiles.put(keys).put(values).put(keyLayout).put(valueLayout).put(token);
        }
        case BeforeRope form -> {
          int headDim = step.heads().headDim();
          tiles.put(turnedKeys + 4 * turned).put(values);
          tiles.put(layouts.ofTurned(headDim, TILE)).put(valueLayout).put(0);
          addUnturned(form, page, token, tokens, order, headDim);
        }
      }
      tiles.put(token).put(first + token).put(tokens).end();
    }
  }

  private void addUnturned(
      BeforeRope form, KeyValuePage page, int token, int tokens, int order, int headDim) {
    var keys = page.keys();
    int width = form.basis().width();
    unturned.put(copies.of(keys)).put(copies.of(form.rotary(), headDim / 2, lastPosition));
    unturned.put(turned).put(count(positions, Integer.BYTES)).put(order).put(layouts.of(keys));
    unturned.put(token).put(tokens).put(width).put(headDim).put(keys.panels());
    unturned.put((float) (1 / Math.sqrt(width))).end();
    turned += (long) TILE * keys.channels();
    for (int t = token; t < token + tokens; t++) {
      positions.put(page.positions()[t]);
    }
  }

  /// @return where the order of a whole panel's channels begins, -1 where they are in order
  private int addOrder(Basis basis, DecodeStep step) {
    if (basis.signs() != null) {
      throw new IllegalArgumentException(
          "Keys before RoPE in a basis with random signs are not read on a GPU: store them after RoPE, or call Kernels.use(SIMD) first.");
    }
    int[] order = basis.order();
    if (order == null) {
      return -1;
    }
    int at = count(orders, Integer.BYTES);
    int channels = step.pages().getFirst().keys().panelChannels();
    for (int block = 0; block < channels; block += order.length) {
      for (int channel : order) {
        orders.put(block + channel);
      }
    }
    return at;
  }

  private static int count(Struct structures, int bytes) {
    return Math.toIntExact(structures.size() / bytes);
  }
}
