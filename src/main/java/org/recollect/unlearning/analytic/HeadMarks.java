package org.recollect.unlearning.analytic;

import static org.recollect.unlearning.analytic.AnalyticMeasures.DISAGREEMENT;
import static org.recollect.unlearning.analytic.AnalyticMeasures.LEAST;
import static org.recollect.unlearning.analytic.AnalyticMeasures.LOG_DEVIATION;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.recollect.lab.Outcome;
import org.recollect.unlearning.measure.Auc;
import org.recollect.unlearning.vision.VisionMeasures;

/// How the weights of a head are judged beside those of the oracle.
///
/// @param forget samples of the last request
/// @param retain unseen samples of the classes that are left
/// @param unseen samples of the kinds that the last request is for
record HeadMarks(Labelled forget, Labelled retain, Labelled unseen) {

  Outcome outcome(double[][] weights, double[][] oracle) {
    int[] told = classes(weights, forget);
    int[] ideal = classes(oracle, forget);
    return Outcome.of(LOG_DEVIATION, logDeviation(weights, oracle))
        .with(VisionMeasures.RETAIN_ACCURACY, shares(classes(weights, retain), retain.labels()))
        .with(VisionMeasures.FORGET_ACCURACY, shares(told, forget.labels()))
        .with(DISAGREEMENT, Arrays.stream(shares(told, ideal)).map(same -> 1 - same).toArray())
        .with(VisionMeasures.MIA_GAP, Math.abs(attack(weights) - attack(oracle)));
  }

  static double logDeviation(double[][] weights, double[][] oracle) {
    return Math.log10(Math.max(LEAST, distance(weights, oracle)));
  }

  /// The largest difference of two weights.
  static double distance(double[][] a, double[][] b) {
    double largest = 0;
    for (int f = 0; f < a.length; f++) {
      for (int c = 0; c < a[f].length; c++) {
        largest = Math.max(largest, Math.abs(a[f][c] - b[f][c]));
      }
    }
    return largest;
  }

  private static double[] shares(int[] some, int[] others) {
    return IntStream.range(0, some.length).mapToDouble(i -> some[i] == others[i] ? 1 : 0).toArray();
  }

  /// The class with the largest output of those that have weights.
  private static int[] classes(double[][] weights, Labelled samples) {
    int[] there =
        IntStream.range(0, weights[0].length)
            .filter(c -> Arrays.stream(weights).anyMatch(row -> row[c] != 0))
            .toArray();
    return Arrays.stream(outputs(weights, samples))
        .mapToInt(row ->
            Arrays.stream(there).reduce((best, c) -> row[c] > row[best] ? c : best).orElseThrow())
        .toArray();
  }

  /// How much higher the squared loss of unseen samples is, as an AUC: 0.5 if it tells nothing.
  private double attack(double[][] weights) {
    return Auc.of(losses(weights, unseen), losses(weights, forget));
  }

  private static double[] losses(double[][] weights, Labelled samples) {
    double[][] outputs = outputs(weights, samples);
    return IntStream.range(0, outputs.length)
        .mapToDouble(i -> {
          outputs[i][samples.labels()[i]] -= 1;
          return Arrays.stream(outputs[i]).map(residual -> residual * residual).sum();
        })
        .toArray();
  }

  private static double[][] outputs(double[][] weights, Labelled samples) {
    var head = new LinearHead(weights, LinearHead.Loss.SQUARED);
    return Arrays.stream(samples.rows()).map(head::outputs).toArray(double[][]::new);
  }
}
