package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RopeTest {

  @Test
  void twoChannelsTurnByThePositionInRadians() {
    float[] x = {9, 1, 0};
    new Rope(2, 10_000).rotate(x, 1, 3);
    assertArrayEquals(new float[] {9, (float) Math.cos(3), (float) Math.sin(3)}, x, 1e-6f);
  }

  @Test
  void secondPairTurnsByTheSecondFrequency() {
    float[] x = {0, 1, 0, 0};
    new Rope(4, 10_000).rotate(x, 0, 50);
    assertArrayEquals(new float[] {0, (float) Math.cos(0.5), 0, (float) Math.sin(0.5)}, x, 1e-6f);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void keepsLengthsAddsUpAndTurnsBack(long seed) {
    var random = new Random(seed);
    int headDim = 2 * (1 + random.nextInt(40));
    var rope = new Rope(headDim, 500_000);
    float[] x = gaussian(random, headDim);
    int first = random.nextInt(900);
    int second = random.nextInt(900);

    float[] twice = x.clone();
    rope.rotate(twice, 0, first);
    rope.rotate(twice, 0, second);
    float[] once = x.clone();
    rope.rotate(once, 0, first + second);
    assertArrayEquals(once, twice, 1e-4f, "seed " + seed);
    assertEquals(dot(x, x), dot(once, once), 1e-3 * dot(x, x), "seed " + seed);

    rope.rotate(once, 0, -(first + second));
    assertArrayEquals(x, once, 1e-4f, "seed " + seed);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void logitsDependOnTheDistanceOnly(long seed) {
    var random = new Random(seed);
    var rope = new Rope(32, 10_000);
    float[] query = gaussian(random, 32);
    float[] key = gaussian(random, 32);
    int distance = random.nextInt(300);
    assertEquals(
        logit(rope, query, distance, key, 0),
        logit(rope, query, distance + 700, key, 700),
        1e-3,
        "seed " + seed);
  }

  @Test
  void oddWidthIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Rope(7, 10_000));
  }

  private static double logit(Rope rope, float[] query, int at, float[] key, int from) {
    float[] turnedQuery = query.clone();
    float[] turnedKey = key.clone();
    rope.rotate(turnedQuery, 0, at);
    rope.rotate(turnedKey, 0, from);
    return dot(turnedQuery, turnedKey);
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static float[] gaussian(Random random, int length) {
    float[] x = new float[length];
    for (int i = 0; i < length; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
