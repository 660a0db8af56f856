package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Trainee;
import org.recollect.continual.Variants;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Dark experience replay, DER++ (Buzzega et al., "Dark Experience for General Continual Learning",
/// 2020, arXiv:2004.07211, equation 6): the memory holds the logits `z` that a lesson had when it
/// was met, and two draws from it are learned beside the new batch,
///
/// `L = l(new) + alpha mean |z - h(memory)|² + beta l(memory')`.
///
/// The mean is over all logits, as in the authors' code. With a `beta` of 0 it is DER. From the
/// second experience on; three times as much is then read in a step as by plain tuning.
///
/// @param size lessons in memory, at most
/// @param alpha weight of the logits, 0.1 to 1 in the paper
/// @param beta weight of the labels, 0.5 to 1 in the paper
public record DarkReplay(int size, double alpha, double beta) implements Strategy {

  public DarkReplay {
    if (size < 1 || !(alpha >= 0 && beta >= 0)) {
      throw new IllegalArgumentException(
          "Dark replay has room for at least one lesson and weights of at least 0; got %d, %s and %s."
              .formatted(size, alpha, beta));
    }
  }

  /// With an alpha and a beta of 0.5.
  public DarkReplay(int size) {
    this(size, 0.5, 0.5);
  }

  @Override
  public String name() {
    return beta == 0 ? "DER" : "DER++";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "alpha", other -> new DarkReplay(size, other, beta), alpha / 5, alpha, 5 * alpha);
  }

  @Override
  public Hooks begin(Start start) {
    return new Dark(start);
  }

  private final class Dark extends RememberingHooks {
    /// The logits of the lesson in each slot, one prediction after another.
    private final Map<Integer, float[]> logits = new HashMap<>();

    Dark(Start start) {
      super(start, size);
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      if (!remembers()) {
        return loss;
      }
      var trainee = start.trainee();
      var sum = loss.add(Ops.scale(distance(trainee, memory.draw(batch.size())), alpha));
      return beta == 0
          ? sum
          : sum.add(Ops.scale(trainee.loss(memory.drawLessons(batch.size())), beta));
    }

    private NDArray distance(Trainee trainee, int[] slots) {
      var now = trainee.logits(Arrays.stream(slots).mapToObj(memory::lesson).toList());
      float[] then = new float[(int) now.size()];
      int at = 0;
      for (int slot : slots) {
        float[] kept = logits.get(slot);
        System.arraycopy(kept, 0, then, at, kept.length);
        at += kept.length;
      }
      var wanted = Memory.ofFloats(now.getManager(), then, now.getShape().getShape());
      return Ops.square(now.sub(wanted)).mean();
    }

    /// Logits are those of the mode of evaluation, so that reading them leaves no trace.
    @Override
    public void afterStep(List<Lesson> batch) {
      for (Lesson lesson : batch) {
        memory.offer(lesson).ifPresent(slot -> logits.put(slot, logits(lesson)));
      }
    }

    private float[] logits(Lesson lesson) {
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        return Memory.toFloats(start.trainee().logits(List.of(lesson)));
      }
    }

    @Override
    public long bytes() {
      return logits.values().stream().mapToLong(each -> (long) Float.BYTES * each.length).sum();
    }

    @Override
    public void save(Snapshot to) {
      super.save(to);
      try (var manager = Torch.manager()) {
        var arrays = new java.util.LinkedHashMap<String, NDArray>();
        logits.forEach((slot, values) ->
            arrays.put("slot " + slot, Memory.ofFloats(manager, values, values.length)));
        try (var all = Weights.of(arrays)) {
          to.put("logits", all);
        }
      }
    }

    @Override
    public void load(Snapshot from) {
      super.load(from);
      try (var all = from.weights("logits")) {
        all.asMap()
            .forEach((name, array) ->
                logits.put(
                    Integer.parseInt(name.substring("slot ".length())), Memory.toFloats(array)));
      }
    }
  }
}
