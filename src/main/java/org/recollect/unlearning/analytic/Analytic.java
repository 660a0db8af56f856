package org.recollect.unlearning.analytic;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.recollect.lab.Results;

/// The front door to the arms of an [AnalyticStudy].
public final class Analytic {
  private static final int STEPS = 10;
  private static final List<Double> RATES = List.of(0.001, 0.01, 0.03, 0.1, 0.3, 1.0);

  private Analytic() {}

  /// [Acu] in doubles, as published.
  public static AcuEraser acu() {
    return new AcuEraser("ACU", DataType.FLOAT64, false);
  }

  /// The same in floats.
  public static AcuEraser acuInFloats() {
    return new AcuEraser("ACU float32", DataType.FLOAT32, false);
  }

  /// The same in doubles, which forgets a class by sums that it has kept of it.
  public static AcuEraser acuKeepingSums() {
    return new AcuEraser("ACU, kept sums", DataType.FLOAT64, true);
  }

  /// Sums from which the head is solved again: [SummedHead].
  public static SummedHead sums() {
    return new SummedHead();
  }

  /// [SisaHeads].
  public static SisaHeads sisa(int shards) {
    return new SisaHeads(shards);
  }

  /// [HeadAscent], ten steps for each request.
  public static DescentEraser ascent(double rate) {
    return descent("ascent", new HeadAscent(STEPS, rate));
  }

  /// [FineTuneOnRetain], ten steps for each request.
  public static DescentEraser fineTuning(double rate) {
    return descent("fine-tuning", new FineTuneOnRetain(STEPS, rate));
  }

  /// [NegGradPlus], ten steps for each request.
  public static DescentEraser negGradPlus(double rate, double keep) {
    return descent("NegGrad+", new NegGradPlus(STEPS, rate, keep));
  }

  private static DescentEraser descent(String name, HeadUnlearner method) {
    return new DescentEraser(name, name, method);
  }

  /// What the gradient methods are chosen from: six variants each, a series for every method.
  /// NegGrad+ has two shares of the retain loss and every other rate.
  public static List<DescentEraser> variants() {
    var variants = new ArrayList<DescentEraser>();
    RATES.forEach(rate -> variants.add(labelled(ascent(rate), "rate " + rate)));
    RATES.forEach(rate -> variants.add(labelled(fineTuning(rate), "rate " + rate)));
    for (double keep : new double[] {0.9, 0.99}) {
      Stream.of(0.01, 0.1, 1.0)
          .forEach(rate ->
              variants.add(
                  labelled(negGradPlus(rate, keep), "rate %s, keep %s".formatted(rate, keep))));
    }
    return List.copyOf(variants);
  }

  /// The variant of each method that came nearest to the oracle, under the name of its method.
  ///
  /// @param trials of [#variants], on material that nothing is judged by later
  public static List<DescentEraser> tuned(Results trials) {
    var best = trials.best(AnalyticMeasures.LOG_DEVIATION).values();
    var tuned =
        variants().stream()
            .filter(variant -> best.contains(variant.name()))
            .map(won -> new DescentEraser(won.series(), won.series(), won.method()))
            .toList();
    if (tuned.isEmpty()) {
      throw new IllegalArgumentException(
          "No variant was tried, only %s: add compare(Analytic.variants()) to the study."
              .formatted(trials.arms()));
    }
    return tuned;
  }

  private static DescentEraser labelled(DescentEraser arm, String label) {
    return new DescentEraser(arm.name() + ", " + label, arm.series(), arm.method());
  }
}
