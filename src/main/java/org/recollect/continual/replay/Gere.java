package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.LessonBatches;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Ops;

/// GeRe ("GeRe: Towards Efficient Anti-Forgetting in Continual Learning of LLM via General Samples
/// Replay", 2025; the details are from the authors' code): the same few general samples are learned
/// in every step of every task, and what the head is given for them is held in the range where the
/// base had it.
///
/// For the state `h` of a unit at a prediction, with the base's `h*` there and the unit's mean `m`
/// and deviation `s` over all predictions of all samples, the range is `h <= m - s` where `h*` lies
/// there, `h >= m + s` likewise, and what is between them otherwise. The threshold margin is
///
/// `L_TM = (sum of the distances of states to their ranges) / (number of states outside)`
///
/// and what is minimised
///
/// `L = (l(new) + l(general)) / 2 + w L_TM`.
///
/// The weight `w` is fixed, or *dynamic*: the first term divided by `L_TM + 1e-8`, taken as a
/// number, so that both terms are equally large in every step. `L_TM` is 0 before the first step.
/// Other distances can stand in its place, see [StateLoss].
///
/// Exactly `b` samples stand beside each batch. Nothing of a task is kept.
///
/// @param samples in the fixed set, at most, see [Start#general]; 1 000 in the paper
/// @param rows general samples in each step, `b`
/// @param holding the states
/// @param weight `w`, at least 0; empty where it is dynamic
public record Gere(int samples, int rows, StateLoss holding, OptionalDouble weight)
    implements Strategy {
  private static final double SMALL = 1e-8;

  public Gere {
    if (samples < 1 || rows < 1 || !(weight.orElse(0) >= 0)) {
      throw new IllegalArgumentException(
          "GeRe has at least one sample, at least one in each step, and a weight of at least 0; got %d, %d and %s."
              .formatted(samples, rows, weight));
    }
  }

  /// By the threshold margin with a weight of 100, as in the authors' code.
  public Gere(int samples, int rows) {
    this(samples, rows, StateLoss.MARGIN, OptionalDouble.of(StateLoss.MARGIN.weight()));
  }

  /// The same by another distance, with its usual weight.
  public Gere by(StateLoss other) {
    return new Gere(samples, rows, other, OptionalDouble.of(other.weight()));
  }

  /// The same with another fixed weight.
  public Gere weight(double other) {
    return new Gere(samples, rows, holding, OptionalDouble.of(other));
  }

  /// The same with a dynamic weight.
  public Gere dynamic() {
    return new Gere(samples, rows, holding, OptionalDouble.empty());
  }

  @Override
  public String name() {
    var distance = holding == StateLoss.MARGIN ? "" : ", " + holding.title();
    return "GeRe" + distance + (weight.isPresent() ? "" : ", dynamic");
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "samples",
        samples,
        "rows",
        rows,
        "holding",
        holding.name(),
        "weight",
        weight.isPresent() ? weight.getAsDouble() : "dynamic");
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return weight.isEmpty()
        ? Variants.rates(this)
        : Variants.strengths("weight", this::weight, 0.1 * usual(), usual(), 10 * usual());
  }

  private double usual() {
    return holding.weight();
  }

  @Override
  public Hooks begin(Start start) {
    return new Held(start);
  }

  private final class Held implements Hooks {
    private final Start start;
    private final List<Lesson> general;
    private LessonBatches batches;
    private BaseStates base;

    Held(Start start) {
      this.start = start;
      this.general = start.general(samples);
    }

    @Override
    public void beforeTask(Experience task) {
      if (base == null) {
        base = BaseStates.of(general, sample -> holding.read(start.trainee(), sample));
        if (holding == StateLoss.SHUFFLED) {
          base = base.shuffled(start.random("shuffled states"));
        }
      }
      batches =
          new LessonBatches(general, rows, start.random("general samples").split(task.index()));
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      var trainee = start.trainee();
      var some = batches.next();
      var states = trainee.features(some);
      var logits = trainee.head(states, some);
      var replay = Ops.crossEntropy(logits, trainee.targets(some));
      var both = Ops.scale(loss.add(replay), 0.5);
      var left = holding.of(base, states, logits, some);
      return both.add(Ops.scale(left, weight.orElseGet(() -> ratio(both, left))));
    }

    private static double ratio(NDArray loss, NDArray left) {
      return loss.getFloat() / (left.getFloat() + SMALL);
    }

    @Override
    public long bytes() {
      return base == null ? 0 : base.bytes();
    }

    @Override
    public void save(Snapshot to) {
      base.save(to);
    }

    @Override
    public void load(Snapshot from) {
      base = BaseStates.load(from);
    }
  }
}
