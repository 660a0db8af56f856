package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.RandomStream;

class DiverseTokensTest {

  /// East twice, north, west.
  private static final float[][] COMPASS = {{1, 0}, {2, 0}, {0, 1}, {-3, 0}};

  /// The nearest other token is at distance 0, 0, 1 and 1: north is first of equals. All others are
  /// 1 from it, so east comes next, and then west, 1 from north where the other east is 0 from
  /// east.
  @Test
  void theFirstChoiceIsFurthestFromItsNearest() {
    assertArrayEquals(
        new int[] {2, 0, 3, 1}, DiverseTokens.choose(COMPASS, new double[] {1, 1, 1, 1}, 4));
  }

  /// With three times its distances west is at 3 from its nearest; from it, east is at 2 and north
  /// at 1.
  @Test
  void aWeightStretchesTheDistancesOfItsToken() {
    assertArrayEquals(
        new int[] {3, 0, 2}, DiverseTokens.choose(COMPASS, new double[] {1, 1, 1, 3}, 3));
    assertEquals(6, DiverseTokens.distances(COMPASS, new double[] {1, 1, 1, 3})[0][3], 1e-12);
    assertEquals(2, DiverseTokens.distances(COMPASS, new double[] {1, 1, 1, 3})[3][0], 1e-12);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyChoiceIsTheFurthestFromThoseBefore(long seed) {
    var random = RandomStream.of(seed, "diverse");
    int tokens = 2 + random.nextInt(20);
    float[][] vectors =
        IntStream.range(0, tokens).mapToObj(i -> random.gaussians(5)).toArray(float[][]::new);
    double[] weights = random.doubles(tokens, .1, 1).toArray();
    double[][] distances = DiverseTokens.distances(vectors, weights);
    int count = 1 + random.nextInt(tokens);
    int[] chosen = DiverseTokens.choose(vectors, weights, count);
    var before = new HashSet<Integer>();
    for (int choice : chosen) {
      double its = fromThose(before, choice, distances);
      for (int other = 0; other < tokens; other++) {
        if (!before.contains(other)) {
          assertEquals(Math.max(its, fromThose(before, other, distances)), its, "seed " + seed);
        }
      }
      before.add(choice);
    }
    assertEquals(count, before.size(), "seed " + seed);
  }

  private static double fromThose(Set<Integer> before, int token, double[][] distances) {
    return before.isEmpty()
        ? IntStream.range(0, distances.length)
            .filter(i -> i != token)
            .mapToDouble(i -> distances[i][token])
            .min()
            .orElseThrow()
        : before.stream().mapToDouble(i -> distances[i][token]).min().orElseThrow();
  }

  @Test
  void edges() {
    float[][] one = {{1, 2}};
    assertArrayEquals(new int[] {0}, DiverseTokens.choose(one, new double[] {1}, 1));
    assertArrayEquals(new int[0], DiverseTokens.choose(COMPASS, new double[4], 0));
    float[][] silent = new float[3][2];
    int[] chosen = DiverseTokens.choose(silent, new double[] {1, 1, 1}, 3);
    assertArrayEquals(new int[] {0, 1, 2}, Arrays.stream(chosen).sorted().toArray());
  }
}
