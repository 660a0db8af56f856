package org.recollect.kernel.cuda;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.recollect.kernel.Attended;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.KeyForm.BeforeRope;
import org.recollect.kernel.KeyValuePage;

/// One call of decode attention: its steps on the device, the launches of
/// `kernels-native/src/attention.cu`, and what they find. Lives as long as its arena, and no longer
/// than until the next call.
final class AttentionCall {

  private static final int MOST_SHARED = 48 * 1024;
  private static final int ATTENDERS = 128;
  private static final int TURNERS = 256;
  private static final int COLUMNS = 128;

  /// How many queries of a head may share the decoded page.
  private static final int[] GROUPS = {8, 4, 1};

  private final Arena arena;
  private final Cuda cuda;
  private final List<DecodeStep> steps;
  private final AttentionPlan plan;
  private final List<AttentionPlan.Start> starts = new ArrayList<>();
  private final AttentionPlan.Input input;
  private final Partials partials;
  private final AttentionResult result;
  private final long turned;
  private final int headDims;
  private final int group;

  AttentionCall(Arena arena, Cuda cuda, List<DecodeStep> steps) {
    this.arena = arena;
    this.cuda = cuda;
    this.steps = steps;
    headDims = most(step -> step.heads().headDim());
    group = group(most(step -> step.heads().queriesPerHead()), headDims);
    cuda.copies().nextCall();
    long turnedBytes = AttentionPlan.turnedBytes(steps);
    turned = turnedBytes == 0 ? 0 : cuda.turned().atLeast(turnedBytes);
    plan = new AttentionPlan(arena, cuda.copies(), steps, turned);
    for (var step : steps) {
      starts.add(plan.add(step));
    }
    input = plan.upload(cuda);
    partials = Partials.of(plan, headDims, cuda);
    result = new AttentionResult(plan.end(), cuda);
  }

  /// Starts the kernels.
  void launch() {
    if (plan.unturnedCount() > 0) {
      turnKeys();
    }
    attend();
    merge();
    if (plan.end().columns() > 0) {
      sumColumns();
    }
  }

  /// Waits for the kernels.
  List<Attended> fetch() {
    return result.fetch(arena, steps, starts);
  }

  private void turnKeys() {
    int widest = 1;
    int panels = 1;
    for (var step : steps) {
      if (step.keys() instanceof BeforeRope) {
        requirePairs(step.heads().headDim());
        for (KeyValuePage page : step.pages()) {
          widest = Math.max(widest, page.keys().panelChannels());
          panels = Math.max(panels, page.keys().panels());
        }
      }
    }
    int together = 4 * widest * 8 <= MOST_SHARED ? 8 : 4;
    if (4 * widest * together > MOST_SHARED) {
      throw new IllegalArgumentException(
          "Keys before RoPE that are coded %d channels together do not fit into a block's memory: code fewer heads together, or use the simd kernels."
              .formatted(widest));
    }
    var arguments = new Struct(arena).put(input.unturned()).put(input.layouts());
    arguments.put(input.positions()).put(input.orders()).put(turned).put(together).end();
    var blocks = Blocks.of(plan.unturnedCount(), TURNERS).rows(panels);
    cuda.launch("turn_keys", blocks.sharing(4 * widest * together), arguments);
  }

  private static void requirePairs(int headDim) {
    if (headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "RoPE turns pairs of channels, but a head has %d: use a model of even head size."
              .formatted(headDim));
    }
  }

  private void attend() {
    int rows =
        most(step -> step.heads().kvHeads() * Math.ceilDiv(step.heads().queriesPerHead(), group));
    var arguments = new Struct(arena).put(input.steps()).put(input.runs()).put(input.tiles());
    arguments.put(input.layouts()).put(input.queries()).put(partials.logits);
    arguments.put(partials.maxima).put(partials.sums).put(partials.argmax);
    arguments.put(partials.outputs).put(headDims).end();
    var blocks = Blocks.of(plan.runCount(), ATTENDERS).rows(rows);
    cuda.launch("attend_" + group, blocks.sharing(shared(group, headDims)), arguments);
  }

  private void merge() {
    var arguments = new Struct(arena).put(input.steps()).put(partials.maxima).put(partials.sums);
    arguments.put(partials.argmax).put(partials.outputs).put(result.outputs());
    arguments.put(result.argmax()).put(partials.allMaxima).put(partials.allSums);
    arguments.put(headDims).end();
    var blocks = Blocks.of(most(step -> step.heads().queryHeads()), ATTENDERS);
    cuda.launch("merge", blocks.rows(steps.size()), arguments);
  }

  private void sumColumns() {
    var arguments = new Struct(arena).put(input.steps()).put(partials.logits);
    arguments.put(partials.allMaxima).put(partials.allSums).put(result.columns()).end();
    var blocks = Blocks.of(Math.ceilDiv(most(DecodeStep::tokens), COLUMNS), COLUMNS);
    cuda.launch(
        "column_sums",
        blocks.rows(most(step -> step.heads().kvHeads())).layers(steps.size()),
        arguments);
  }

  private int most(ToIntFunction<DecodeStep> count) {
    return steps.stream().mapToInt(count).max().orElseThrow();
  }

  /// The smallest group that takes all queries of a head, or the largest that fits.
  private static int group(int queries, int headDim) {
    int best = 0;
    for (int group : GROUPS) {
      if (shared(group, headDim) <= MOST_SHARED && (best == 0 || group >= queries)) {
        best = group;
      }
    }
    if (best == 0) {
      throw new IllegalArgumentException(
          "Heads of %d channels do not fit into a block's memory: use the simd kernels."
              .formatted(headDim));
    }
    return best;
  }

  /// Bytes of queries, of the weights of a run and of the outputs of its tiles.
  private static int shared(int group, int headDim) {
    return 4 * group * (headDim + AttentionPlan.RUN * (AttentionPlan.TILE + headDim));
  }

  /// The addresses of what runs leave for the kernels behind them.
  private record Partials(
      long outputs,
      long logits,
      long maxima,
      long sums,
      long argmax,
      long allMaxima,
      long allSums) {

    static Partials of(AttentionPlan plan, int headDims, Cuda cuda) {
      long count = plan.partials();
      long heads = plan.end().heads();
      long numbers = count * headDims + plan.end().logits() + 3 * count + 2 * heads;
      long outputs = cuda.scratch().atLeast(4 * numbers);
      long logits = outputs + 4 * count * headDims;
      long maxima = logits + 4 * plan.end().logits();
      long sums = maxima + 4 * count;
      long argmax = sums + 4 * count;
      long allMaxima = argmax + 4 * count;
      long allSums = allMaxima + 4 * heads;
      return new Partials(outputs, logits, maxima, sums, argmax, allMaxima, allSums);
    }
  }
}
