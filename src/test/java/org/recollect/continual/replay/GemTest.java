package org.recollect.continual.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;
import org.recollect.train.LossGradient;

class GemTest {

  private static Map<String, float[]> gradient(float... values) {
    var gradient = new LinkedHashMap<String, float[]>();
    gradient.put("w", values);
    return gradient;
  }

  /// Worked out by hand: the free minimum is at (1, -1), so that the second unknown is at its bound
  /// and the first moves to 2 / 2.
  @Test
  void boundsHold() {
    double[][] p = {{2, 0}, {0, 2}};
    double[] q = {-2, 2};
    assertArrayEquals(new double[] {1, 0}, new NonNegativeProgram(p, q, 0).solution(), 1e-10);
    double[][] coupled = {{2, 1}, {1, 2}};
    assertArrayEquals(
        new double[] {0.75, 0.5}, new NonNegativeProgram(coupled, q, 0.5).solution(), 1e-10);
  }

  /// The conditions of Karush, Kuhn and Tucker: an unknown above its bound has no slope, one at it
  /// has none downwards.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 9, 19})
  void noUnknownCanBeImproved(int size) {
    for (int seed = 0; seed < 20; seed++) {
      var random = RandomStream.of(seed, "programme", size);
      var rows = new double[size][size + 2];
      for (double[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextGaussian();
        }
      }
      var p = new double[size][size];
      var q = new double[size];
      for (int i = 0; i < size; i++) {
        q[i] = random.nextGaussian();
        for (int j = 0; j < size; j++) {
          for (int k = 0; k < size + 2; k++) {
            p[i][j] += rows[i][k] * rows[j][k];
          }
        }
        p[i][i] += 1e-3;
      }
      double least = seed % 2 == 0 ? 0 : 0.5;
      var program = new NonNegativeProgram(p, q, least);
      double[] v = program.solution();
      for (int i = 0; i < size; i++) {
        double slope = program.slope(i, v);
        assertTrue(v[i] >= least, "seed " + seed);
        assertTrue(slope > -1e-6, "seed " + seed);
        assertEquals(0, (v[i] - least) * slope, 1e-5, "seed " + seed);
      }
    }
  }

  @Test
  void agreementChangesNothing() {
    var own = gradient(1, 2, 3);
    assertSame(own, Gem.turned(own, List.of(gradient(1, 0, 0), gradient(0, 0, 0)), 0.5));
  }

  /// With one old task and no margin it is A-GEM's projection, but for the ridge.
  @Test
  void oneOldTaskIsProjectedOut() {
    var own = gradient(1, 1, 5);
    var old = gradient(-30, 0, 0);
    assertArrayEquals(new float[] {0, 1, 5}, Gem.turned(own, List.of(old), 0).get("w"), 1e-4f);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5, 8})
  void noOldTaskIsHarmed(int tasks) {
    for (int seed = 0; seed < 20; seed++) {
      var random = RandomStream.of(seed, "gradients", tasks);
      var own = gradient(random.gaussians(40));
      var old = new ArrayList<Map<String, float[]>>();
      for (int task = 0; task < tasks; task++) {
        old.add(gradient(random.gaussians(40)));
      }
      var turned = Gem.turned(own, old, 0);
      for (var each : old) {
        assertTrue(LossGradient.dot(each, turned) > -1e-2, "seed " + seed);
      }
      var further = Gem.turned(own, old, 0.5);
      double before = old.stream().mapToDouble(each -> LossGradient.dot(each, turned)).sum();
      double after = old.stream().mapToDouble(each -> LossGradient.dot(each, further)).sum();
      assertTrue(turned == own || after > before, "seed " + seed);
    }
  }

  @Test
  void refusesNoMemory() {
    assertThrows(IllegalArgumentException.class, () -> new Gem(0));
    assertThrows(IllegalArgumentException.class, () -> new Gem(1, -1));
  }
}
