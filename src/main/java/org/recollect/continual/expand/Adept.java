package org.recollect.continual.expand;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.continual.Hooks;
import org.recollect.continual.LanguageTrainee;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Measure;
import org.recollect.model.BlockInsertion;
import org.recollect.model.LanguageModel;
import org.recollect.train.LayerKnockout;
import org.recollect.train.WeightImportance;

/// ADEPT ("Continual Pretraining via Adaptive Expansion and Dynamic Decoupled Tuning", 2025): a
/// copy is inserted behind each of the layers that general text needs least ([LayerKnockout],
/// [BlockInsertion]), the copies alone are trained, and each of their tensors at a rate of its own,
///
/// `I_l = L(model without layer l; general) - L(model; general)`\
/// `I_u = mean over the entries of tensor u of |w| (mean over general batches of |dL/dw|)`\
/// `rate_u = rate * 2 (I_max - I_u) / (I_max - I_min)`,
///
/// with the extremes over all tensors of all copies. A tensor that general text needs most stands
/// still, and the one it needs least moves at twice the rate. What AdamW adds to a weight, its
/// decay included, is proportional to the rate, so that the rates are applied to its step; its
/// memory is kept. There is no replay and no penalty.
///
/// Rates are uniform at first and set anew every 500 steps in the authors' code, which here is
/// after each third of a task's steps (inferred). They follow at least one step, as before it the
/// tensors upstream of a copy's zeros have no gradient. That code averages over text and answers of
/// general samples; these here are of one kind. In a stream of several tasks, layers are chosen and
/// copied before the first, and go on being trained (inferred).
///
/// @param copies at least 1; 15 % of the layers, rounded, in the paper's abstract (inferred)
/// @param choice of the layers
/// @param unitwise whether tensors have rates of their own
/// @param probes general samples that importance is measured on, at most
/// @param updates of the rates in a task, at least 1
public record Adept(int copies, Choice choice, boolean unitwise, int probes, int updates)
    implements Strategy {

  /// Which layers are copied.
  public enum Choice {
    /// Those whose knock-out raises the general loss least.
    LEAST_NEEDED,
    /// Those whose knock-out raises it most: a control.
    MOST_NEEDED,
    /// By chance: a control.
    RANDOM,
    /// At even distances, as in LLaMA Pro.
    EVENLY
  }

  public static final Measure LAYER_IMPORTANCE =
      Measure.higher("layer importance", "nat")
          .range(-1e3, 1e3)
          .digits(3)
          .formula("rise of the general loss without each layer, before the first task");

  public static final Measure UNIT_RATES =
      Measure.higher("unit rates", "x")
          .range(0, 2)
          .digits(2)
          .formula("rate of each tensor of the copies in the end, as a multiple of the usual one");

  public Adept {
    if (copies < 1 || probes < 1 || updates < 1) {
      throw new IllegalArgumentException(
          "ADEPT needs at least one copy, one general sample and one update of the rates, not %d, %d and %d."
              .formatted(copies, probes, updates));
    }
  }

  /// As in the paper, on 32 samples, with rates set anew after each third of a task.
  public Adept(int copies) {
    this(copies, Choice.LEAST_NEEDED, true, 32, 3);
  }

  /// The same with copies of other layers.
  public Adept of(Choice layers) {
    return new Adept(copies, layers, unitwise, probes, updates);
  }

  /// The same with one rate for all tensors.
  public Adept uniform() {
    return new Adept(copies, choice, false, probes, updates);
  }

  @Override
  public String name() {
    if (choice == Choice.EVENLY && !unitwise) {
      return "LLaMA-Pro";
    }
    var layers =
        switch (choice) {
          case LEAST_NEEDED -> "";
          case MOST_NEEDED -> ", most needed layers";
          case RANDOM -> ", random layers";
          case EVENLY -> ", even layers";
        };
    return "ADEPT" + layers + (unitwise ? "" : ", uniform rate");
  }

  @Override
  public List<Measure> figures() {
    return List.of(LAYER_IMPORTANCE, UNIT_RATES);
  }

  @Override
  public Hooks begin(Start start) {
    if (start.trainee() instanceof LanguageTrainee trainee) {
      return new Expanding(start, trainee);
    }
    throw new IllegalArgumentException(
        "Layers are inserted into language models: take a base such as Base.java(Models.microJava()).");
  }

  private final class Expanding implements Hooks {
    private final Start start;
    private final LanguageTrainee trainee;
    private final List<Lesson> general;

    /// Steps from one update of the rates to the next.
    private final int every;

    private double[] importance = {0};
    private int[] layers;
    private UnitRates rates;
    private long steps;

    Expanding(Start start, LanguageTrainee trainee) {
      this.start = start;
      this.trainee = trainee;
      this.general = start.general(probes);
      this.every = Math.max(1, start.recipe().steps() / updates);
    }

    @Override
    public void beforeTask(Experience task) {
      if (layers == null) {
        expand(chosen());
      }
    }

    private int[] chosen() {
      var model = trainee.adaptable();
      return switch (choice) {
        case LEAST_NEEDED -> byImportance(model, 1);
        case MOST_NEEDED -> byImportance(model, -1);
        case RANDOM -> start.random("layers").indices(copies, model.config().layers());
        case EVENLY -> BlockInsertion.evenly(model, copies);
      };
    }

    /// @param sign 1 for the least needed, -1 for the most
    private int[] byImportance(LanguageModel model, int sign) {
      importance = LayerKnockout.importance(model, other -> trainee.loss(other, general));
      return IntStream.range(0, importance.length)
          .boxed()
          .sorted(Comparator.comparingDouble(layer -> sign * importance[layer]))
          .limit(copies)
          .mapToInt(layer -> layer)
          .toArray();
    }

    private void expand(int... behind) {
      layers = behind;
      var insertion = BlockInsertion.after(trainee.adaptable(), behind);
      trainee.become(insertion.model());
      trainee.tune(insertion.weights());
      rates = UnitRates.uniform(insertion.weights());
    }

    @Override
    public List<Lesson> beforeStep(List<Lesson> drawn) {
      if (unitwise && steps > 0 && steps % every == 0) {
        int rows = start.recipe().rows();
        try (var sizes =
            WeightImportance.of(trainee.trainable(), general.size(), rows, this::loss, Math::abs)) {
          rates = UnitRates.of(trainee.trainable(), sizes);
        }
      }
      return drawn;
    }

    private NDArray loss(int... batch) {
      return trainee.loss(Arrays.stream(batch).mapToObj(general::get).toList());
    }

    @Override
    public boolean constrains() {
      return unitwise;
    }

    @Override
    public void step(Map<String, NDArray> displacements) {
      if (unitwise) {
        rates.scale(displacements);
      }
    }

    @Override
    public void afterStep(List<Lesson> batch) {
      steps++;
    }

    @Override
    public double[] figure(Measure measure) {
      return measure.equals(LAYER_IMPORTANCE) ? importance : rates.values();
    }

    @Override
    public void save(Snapshot to) {
      to.put("layers", Arrays.stream(layers).asDoubleStream().toArray());
      to.put("importance", importance);
      to.put("rates", rates.values());
      to.put("steps", steps);
    }

    @Override
    public void load(Snapshot from) {
      expand(Arrays.stream(from.numbers("layers")).mapToInt(layer -> (int) layer).toArray());
      importance = from.numbers("importance");
      rates = rates.with(from.numbers("rates"));
      steps = Math.round(from.numbers("steps")[0]);
    }
  }
}
