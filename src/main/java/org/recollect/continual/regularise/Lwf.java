package org.recollect.continual.regularise;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Trainee;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Learning without forgetting (Li and Hoiem, "Learning without Forgetting", 2016,
/// arXiv:1606.09282, section 3): on the new lessons the model goes on saying what it said before
/// the task,
///
/// `L = l + lambda tau² KL(softmax(z / tau) || softmax(h / tau))`
///
/// for the logits `z` of the model before the task and `h` of the present one. Where classes come
/// with the tasks, over those of earlier tasks. From the second experience on, which is then read
/// twice.
///
/// @param lambda strength, above 0; 1 in the paper
/// @param tau temperature, above 0; 2 in the paper
public record Lwf(double lambda, double tau) implements Strategy {

  public Lwf {
    if (!(lambda > 0 && tau > 0)) {
      throw new IllegalArgumentException(
          "LwF has a strength and a temperature above 0; got %s and %s.".formatted(lambda, tau));
    }
  }

  /// With a temperature of 2.
  public Lwf(double lambda) {
    this(lambda, 2);
  }

  @Override
  public String name() {
    return "LwF";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "lambda", other -> new Lwf(other, tau), lambda / 4, lambda, 4 * lambda);
  }

  @Override
  public Hooks begin(Start start) {
    return new Distilled(start);
  }

  private final class Distilled implements Hooks {
    private final Start start;
    private final SequencedSet<Integer> seen = new TreeSet<>();
    private boolean first = true;
    private Trainee before;

    Distilled(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      if (!first) {
        close();
        before = start.trainee().snapshot();
      }
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      if (first) {
        return loss;
      }
      NDArray said;
      try (var _ = Torch.withoutGradients()) {
        said = Ops.softmax(soft(before.logits(batch)));
      }
      var says = Ops.logSoftmax(soft(start.trainee().logits(batch)));
      var entropy = said.mul(said.maximum(1e-12).log()).sum(new int[] {1});
      var distance = entropy.sub(said.mul(says).sum(new int[] {1})).mean();
      return loss.add(Ops.scale(distance, lambda * tau * tau));
    }

    /// Logits of classes that were there before, at the temperature.
    private NDArray soft(NDArray logits) {
      var old = logits;
      if (!seen.isEmpty()) {
        int[] classes = seen.stream().mapToInt(label -> label).toArray();
        old =
            Ops.embedding(logits.transpose(), Memory.ofInts(logits.getManager(), classes))
                .transpose();
      }
      return Ops.scale(old, 1 / tau);
    }

    @Override
    public void afterTask(Experience task) {
      seen.addAll(start.trainee().labels(task.lessons()));
      first = false;
    }

    @Override
    public void save(Snapshot to) {
      to.put("seen", seen.stream().mapToDouble(label -> label).toArray());
    }

    @Override
    public void load(Snapshot from) {
      for (double label : from.numbers("seen")) {
        seen.add((int) label);
      }
      first = false;
    }

    @Override
    public void close() {
      if (before != null) {
        before.close();
      }
    }
  }
}
