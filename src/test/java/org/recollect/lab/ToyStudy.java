package org.recollect.lab;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.IntConsumer;

/// A study of arithmetic: an arm estimates the mean of a Gaussian from its items, with its own bias
/// and noise. All that the framework promises can be seen on it in milliseconds.
final class ToyStudy extends Study<ToyStudy, ToyStudy.Estimator> {
  static final Measure ERROR =
      Measure.lower("error", "m").range(0, 1e6).digits(3).formula("|estimate - truth|");
  static final Measure ENERGY = Measure.lower("energy", "J").range(0, 1e9).counted();
  static final Measure SCORE = Measure.higher("score", "").range(0, 1e6).geometric();
  static final Measure RATE = Measure.closer("rate", "", 1).range(0, 10);

  /// @param cost energy it spends on an item; negative makes its trials fail
  record Estimator(String name, double bias, double noise, double cost) implements Arm {
    Estimator(String name, double bias) {
      this(name, bias, 0.1, 2);
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("bias", bias, "noise", noise, "cost", cost);
    }

    /// `mean-2` and `mean-3` are two sizes of `mean`.
    @Override
    public String series() {
      return name.replaceFirst("-\\d+$", "");
    }

    @Override
    public boolean ignores(String setting) {
      return setting.equals("budget") && name.equals("full");
    }
  }

  private final String world;
  private final String data;
  private final IntConsumer onTrial;
  private final int[] ran;

  private ToyStudy(
      Design<Estimator> design, String world, String data, IntConsumer onTrial, int[] ran) {
    super(design);
    this.world = world;
    this.data = data;
    this.onTrial = onTrial;
    this.ran = ran;
  }

  static ToyStudy on(String world) {
    return new ToyStudy(Design.empty(), world, "numbers", trial -> {}, new int[1]);
  }

  ToyStudy reading(String data) {
    return new ToyStudy(design(), world, data, onTrial, ran);
  }

  /// Called with the count of trials run so far, before each.
  ToyStudy watchedBy(IntConsumer watcher) {
    return new ToyStudy(design(), world, data, watcher, ran);
  }

  /// How many trials were really run, by this study and all it was made from.
  int trialsRun() {
    return ran[0];
  }

  @Override
  protected ToyStudy with(Design<Estimator> design) {
    return new ToyStudy(design, world, data, onTrial, ran);
  }

  @Override
  protected Identity subject() {
    return new Identity(world, Fingerprint.of(world));
  }

  @Override
  protected Identity material() {
    return new Identity(data, Fingerprint.of(data));
  }

  @Override
  protected List<Measure> offers() {
    return List.of(ERROR, ENERGY, SCORE, RATE);
  }

  /// The same for all arms: whether the world has been measured right.
  static final Measure GAUGE = Measure.higher("gauge", "").range(0, 1).digits(1);

  @Override
  protected List<Measure> asides() {
    return world.equals("gauged") ? List.of(GAUGE) : List.of();
  }

  @Override
  protected Set<String> settings() {
    return Set.of("budget", "items", "shape");
  }

  @Override
  protected Outcome run(Trial<Estimator> trial, Meter meter) {
    onTrial.accept(ran[0]++);
    Estimator arm = trial.arm();
    if (arm.cost() < 0) {
      throw new IllegalStateException("The estimator ran out of fuel; fill it up.");
    }
    int items = trial.settings().has("items") ? trial.settings().integer("items") : 20;
    double budget = trial.settings().has("budget") ? trial.settings().number("budget") : 1;
    var shared = new Random(31L * trial.seed() + world.hashCode() + data.hashCode());
    double[] error = new double[items];
    double[] score = new double[items];
    for (int i = 0; i < items; i++) {
      double draw = shared.nextGaussian();
      error[i] = Math.abs(arm.bias() + arm.noise() * draw) / budget;
      score[i] = Math.exp(-error[i]);
      meter.tokens(3).modelCalls(1).flop(2e6);
    }
    return Outcome.of(ERROR, error)
        .with(SCORE, score)
        .with(ENERGY, arm.cost() * items)
        .with(RATE, 1 + arm.bias())
        .with(GAUGE, trial.seed() % 2 == 0 ? 1 : 0.5);
  }
}
