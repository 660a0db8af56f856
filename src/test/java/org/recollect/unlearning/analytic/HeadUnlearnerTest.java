package org.recollect.unlearning.analytic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.model.RidgeHead;
import org.recollect.tensor.RandomStream;
import org.recollect.unlearning.Sisa;
import org.recollect.unlearning.analytic.LinearHead.Loss;

class HeadUnlearnerTest {
  private static final Labelled FORGET = draw(1, 6);
  private static final Labelled RETAIN = draw(2, 20);

  @Test
  void aStepIsWorkedByHand() {
    // With weights 0 the residuals of a sample of class 0 are (-1, 0) and, by softmax, (-1, 1) / 2.
    var sample = new Labelled(new double[][] {{2}}, 0);
    var squared = LinearHead.zeros(1, 2, Loss.SQUARED);
    assertArrayEquals(new double[] {-2, 0}, squared.gradient(sample)[0]);
    var softmax = LinearHead.zeros(1, 2, Loss.CROSS_ENTROPY);
    assertArrayEquals(new double[] {-1, 1}, softmax.gradient(sample)[0]);
    var ascended = new HeadAscent(1, 0.5).unlearn(softmax, sample, sample);
    assertArrayEquals(new double[] {-0.5, 0.5}, ascended.weights()[0]);
    assertEquals(1 / (1 + Math.exp(2)), ascended.outputs(2)[0], 1e-15);
    assertArrayEquals(new double[] {0, 0}, softmax.weights()[0]);
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void gradientsAreThoseOfTheLoss(Loss loss) {
    var head = trained(loss);
    double[][] gradient = head.gradient(FORGET);
    double step = 1e-6;
    for (int f = 0; f < 4; f++) {
      for (int c = 0; c < 3; c++) {
        double[][] one = new double[4][3];
        one[f][c] = step;
        double slope =
            (loss(head.step(-1, one), FORGET) - loss(head.step(1, one), FORGET)) / (2 * step);
        assertEquals(slope, gradient[f][c], 1e-8);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Loss.class)
  void eachMovesTheLossesAsItSays(Loss loss) {
    var head = trained(loss);
    double forget = loss(head, FORGET);
    double retain = loss(head, RETAIN);
    assertTrue(loss(new HeadAscent(20, 0.01).unlearn(head, FORGET, RETAIN), FORGET) > forget);
    assertTrue(loss(new FineTuneOnRetain(20, 0.01).unlearn(head, FORGET, RETAIN), RETAIN) < retain);
    var both = new NegGradPlus(20, 0.01, 0.7).unlearn(head, FORGET, RETAIN);
    double before = 0.7 * retain - 0.3 * forget;
    assertTrue(0.7 * loss(both, RETAIN) - 0.3 * loss(both, FORGET) < before);
  }

  @Test
  void negGradPlusLiesBetweenTheOtherTwo() {
    var head = trained(Loss.CROSS_ENTROPY);
    assertSame(
        new HeadAscent(5, 0.1).unlearn(head, FORGET, RETAIN),
        new NegGradPlus(5, 0.1, 0).unlearn(head, FORGET, RETAIN));
    assertSame(
        new FineTuneOnRetain(5, 0.1).unlearn(head, FORGET, RETAIN),
        new NegGradPlus(5, 0.1, 1).unlearn(head, FORGET, RETAIN));
    assertSame(head, new NegGradPlus(0, 0.1, 0.5).unlearn(head, FORGET, RETAIN));
  }

  /// The comparison that the method's claim is about, in small.
  @Test
  void ascentLeavesTheRefitFurtherBehindWithEachRequestAndTheClosedFormDoesNot() {
    var all = draw(3, 200);
    var ascent = new HeadAscent(1, 0.05);
    try (var head = RidgeHead.of(4, 1)) {
      head.learn(all.rows(), all.labels());
      var ascended = new LinearHead(head.weights(), Loss.SQUARED);
      double first = 0;
      double last = 0;
      for (int request = 0; request < 10; request++) {
        var gone = part(all, 10 * request, 10 * request + 10);
        head.unlearn(gone.rows(), gone.labels());
        ascended = ascent.unlearn(ascended, gone, gone);
        try (var refit = RidgeHead.of(4, 1)) {
          refit.learn(new double[3][4], 0, 1, 2); // rows of zeros name the classes in order
          var left = part(all, 10 * request + 10, 200);
          refit.learn(left.rows(), left.labels());
          last = distance(refit.weights(), ascended.weights());
          first = request == 0 ? last : first;
          assertEquals(0, distance(refit.weights(), head.weights()), 1e-12);
        }
      }
      assertTrue(last > 2 * first && first > 1e-3, first + " then " + last);
    }
  }

  @Test
  void sisaOfHeadsIsWhatTheRestAloneTrains() {
    var all = draw(4, 30);
    var learner =
        new Sisa.Learner<LinearHead>() {
          @Override
          public LinearHead start(int shard) {
            return LinearHead.zeros(4, 3, Loss.CROSS_ENTROPY);
          }

          @Override
          public LinearHead train(LinearHead from, int[] samples) {
            var rows = Arrays.stream(samples).mapToObj(i -> all.rows()[i]).toArray(double[][]::new);
            var labels = Arrays.stream(samples).map(i -> all.labels()[i]).toArray();
            var seen = new Labelled(rows, labels);
            return new FineTuneOnRetain(10, 0.1).unlearn(from, seen, seen);
          }
        };
    try (var sisa = new Sisa<>(learner, 30, 1, 1, 1)) {
      sisa.forget(0, 1, 2, 3);
      var rest = part(all, 4, 30);
      var alone =
          new FineTuneOnRetain(10, 0.1)
              .unlearn(LinearHead.zeros(4, 3, Loss.CROSS_ENTROPY), rest, rest);
      double[] row = all.rows()[0];
      assertArrayEquals(alone.outputs(row), sisa.probabilities(head -> head.outputs(row)), 1e-14);
    }
  }

  @Test
  void badInputIsNamed() {
    assertThrows(IllegalArgumentException.class, () -> new HeadAscent(-1, 1));
    assertThrows(IllegalArgumentException.class, () -> new FineTuneOnRetain(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new NegGradPlus(1, 1, 1.5));
    assertThrows(IllegalArgumentException.class, () -> new Labelled(new double[0][]));
    assertThrows(
        IllegalArgumentException.class, () -> new Labelled(new double[][] {{1}, {1, 2}}, 0, 0));
    var head = LinearHead.zeros(4, 2, Loss.SQUARED);
    assertThrows(IllegalArgumentException.class, () -> head.outputs(1, 2));
    var wrong = assertThrows(IllegalArgumentException.class, () -> head.gradient(draw(1, 50)));
    assertEquals("Label 2 is none of the head's 2 columns, from 0.", wrong.getMessage());
  }

  private static LinearHead trained(Loss loss) {
    var start = LinearHead.zeros(4, 3, loss);
    return new FineTuneOnRetain(30, 0.1).unlearn(start, FORGET, draw(5, 40));
  }

  private static double loss(LinearHead head, Labelled samples) {
    double sum = 0;
    for (int i = 0; i < samples.labels().length; i++) {
      double[] outputs = head.outputs(samples.rows()[i]);
      for (int c = 0; c < outputs.length; c++) {
        double target = c == samples.labels()[i] ? 1 : 0;
        sum +=
            head.loss() == Loss.SQUARED
                ? (outputs[c] - target) * (outputs[c] - target) / 2
                : -target * Math.log(outputs[c]);
      }
    }
    return sum / samples.labels().length;
  }

  private static void assertSame(LinearHead a, LinearHead b) {
    assertEquals(0, distance(a.weights(), b.weights()), 1e-15);
  }

  private static double distance(double[][] a, double[][] b) {
    double largest = 0;
    for (int f = 0; f < a.length; f++) {
      for (int c = 0; c < a[f].length; c++) {
        largest = Math.max(largest, Math.abs(a[f][c] - b[f][c]));
      }
    }
    return largest;
  }

  private static Labelled part(Labelled all, int from, int to) {
    return new Labelled(
        Arrays.copyOfRange(all.rows(), from, to), Arrays.copyOfRange(all.labels(), from, to));
  }

  /// Gaussian features, classes 0, 1 and 2 in turn, each leaning its own way.
  private static Labelled draw(long seed, int samples) {
    var random = RandomStream.of(seed, "labelled");
    var rows = new double[samples][4];
    var labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % 3;
      Arrays.setAll(rows[i], f -> random.nextGaussian());
      rows[i][labels[i]] += 1;
    }
    return new Labelled(rows, labels);
  }
}
