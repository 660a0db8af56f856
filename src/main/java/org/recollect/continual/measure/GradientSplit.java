package org.recollect.continual.measure;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.recollect.continual.Hooks;
import org.recollect.continual.Recipe;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Trainee;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Measure;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.train.LossGradient;

/// Any strategy, with its gradient split in two at every step (De Lange, van de Ven and Tuytelaars,
/// "Continual evaluation for lifelong learning", 2022, arXiv:2205.13452, section 5):
///
/// `g = g_plasticity + g_stability`
///
/// where `g_plasticity` is that of the batch's plain loss, as much as the strategy counts it, and
/// `g_stability` is all else: what the strategy adds to the loss, and what it changes of the
/// gradient (inferred for methods in general; as in the authors' code for replay and GEM).
///
/// The course is the same to the bit as without. It takes another pass over each batch, which its
/// cost includes. Strategies that put old lessons into the batch itself cannot be split so.
///
/// @param strategy that is watched; it keeps its name
public record GradientSplit(Strategy strategy) implements Strategy {

  /// Every step in turn `[steps][3]`: the length of `g_plasticity`, that of `g_stability`, and the
  /// cosine between them, 0 where one of them is 0.
  public static final Measure SPLIT =
      Measure.higher("gradient split", "")
          .range(-1e9, 1e9)
          .digits(3)
          .formula("for each step |g_plasticity|, |g_stability| and their cosine");

  /// How much of the preserving gradient is there in the first step after each switch.
  public static final Measure STABILITY_AT_SWITCH =
      Measure.lower("stability at switch", "")
          .range(0, 1)
          .digits(3)
          .formula("|g_stability| in a task's first step, as a share of its largest in that task");

  @Override
  public String name() {
    return strategy.name();
  }

  @Override
  public String series() {
    return strategy.series();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("split", Strategy.described(strategy));
  }

  @Override
  public Recipe recipe(Recipe usual) {
    return strategy.recipe(usual);
  }

  @Override
  public boolean oracle() {
    return strategy.oracle();
  }

  @Override
  public List<Measure> figures() {
    var figures = new ArrayList<>(strategy.figures());
    figures.addAll(List.of(SPLIT, STABILITY_AT_SWITCH));
    return figures;
  }

  @Override
  public Hooks begin(Start start) {
    return new Watched(start, strategy.begin(start));
  }

  /// The hooks of the strategy, with a probe before and after them.
  private static final class Watched implements Hooks {
    private final Start start;
    private final Hooks inner;
    private final NDManager manager = Torch.manager();

    /// A factor of 1 on the plain loss, whose gradient tells how much the strategy counts it.
    private final NDArray one = manager.ones(new Shape());

    private final SplitSteps steps = new SplitSteps();
    private Map<String, float[]> plain;
    private double loss;

    Watched(Start start, Hooks inner) {
      this.start = start;
      this.inner = inner;
      NDScope.unregister(one);
      one.setRequiresGradient(true);
    }

    @Override
    public void beforeTask(Experience task) {
      steps.begin();
      inner.beforeTask(task);
    }

    @Override
    public List<Lesson> lessons(Experience task, List<Lesson> own) {
      return inner.lessons(task, own);
    }

    @Override
    public List<Lesson> beforeStep(List<Lesson> drawn) {
      var batch = inner.beforeStep(drawn);
      plain = plain(batch);
      return batch;
    }

    /// The gradient of the batch's loss. Running statistics do not take the batch in twice.
    private Map<String, float[]> plain(List<Lesson> batch) {
      var trainee = start.trainee();
      var before = new LinkedHashMap<String, float[]>();
      trainee
          .weights()
          .asMap()
          .forEach((name, array) -> {
            if (!trainee.learned().contains(name)) {
              before.put(name, Memory.toFloats(array));
            }
          });
      var gradient = LossGradient.of(trainee.trainable(), List.of(() -> trainee.loss(batch)));
      before.forEach((name, values) -> Memory.write(trainee.weights().get(name), values));
      return gradient;
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray own) {
      loss = own.getFloat();
      return inner.loss(batch, own.mul(one));
    }

    @Override
    public void gradient(Map<String, NDArray> gradients) {
      inner.gradient(gradients);
      try (var slope = one.getGradient()) {
        double share = loss == 0 ? 1 : slope.getFloat() / loss;
        var whole = new LinkedHashMap<String, float[]>();
        gradients.forEach((name, array) -> whole.put(name, Memory.toFloats(array)));
        steps.add(whole, plain, share);
        Memory.write(slope, new float[1]);
      }
    }

    @Override
    public boolean constrains() {
      return inner.constrains();
    }

    @Override
    public void step(Map<String, NDArray> displacements) {
      inner.step(displacements);
    }

    @Override
    public void afterStep(List<Lesson> batch) {
      inner.afterStep(batch);
    }

    @Override
    public void afterTask(Experience task) {
      inner.afterTask(task);
    }

    @Override
    public Trainee judged(OptionalInt task, Trainee trained) {
      return inner.judged(task, trained);
    }

    @Override
    public double[] figure(Measure measure) {
      if (measure.equals(SPLIT)) {
        return steps.flat();
      }
      return measure.equals(STABILITY_AT_SWITCH) ? steps.atSwitches() : inner.figure(measure);
    }

    @Override
    public long bytes() {
      return inner.bytes();
    }

    @Override
    public void save(Snapshot to) {
      steps.save(to);
      inner.save(to.within("strategy"));
    }

    @Override
    public void load(Snapshot from) {
      steps.load(from);
      inner.load(from.within("strategy"));
    }

    @Override
    public void close() {
      inner.close();
      manager.close();
    }
  }
}
