package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.recollect.tensor.SomeWeights.delta;
import static org.recollect.tensor.SomeWeights.flat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MergingTest {

  @Test
  void soupOfEqualWeightsIsTheWeights() {
    try (var weights = SomeWeights.random(1, "weights");
        var soup = Merging.soup(List.of(weights, weights, weights))) {
      assertEquals(weights.digest(), soup.digest());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void soupIsTheBaseAndTheMeanDifference(long seed) {
    try (var base = SomeWeights.random(seed, "base");
        var first = SomeWeights.random(seed, "first");
        var second = SomeWeights.random(seed, "second");
        var soup = Merging.soup(List.of(first, second));
        var one = WeightDelta.between(first, base);
        var two = WeightDelta.between(second, base);
        var mean = Merging.mean(List.of(one, two));
        var moved = mean.addedTo(base)) {
      assertArrayEquals(flat(soup), flat(moved), 1e-6f, "seed " + seed);
    }
  }

  @Test
  void linearMergesAreLinear() {
    try (var first = delta(new float[] {1, -2}, new float[] {4});
        var second = delta(new float[] {10, 0}, new float[] {-2});
        var merged = Merging.linear(List.of(first, second), 2, -0.5);
        var sum = Merging.taskArithmetic(List.of(first, second), 0.5)) {
      assertArrayEquals(new float[] {-3, -4, 9}, flat(merged.arrays()));
      assertArrayEquals(new float[] {5.5f, -1, 1}, flat(sum.arrays()));
      assertThrows(IllegalArgumentException.class, () -> Merging.linear(List.of(first, second), 1));
    }
  }

  /// Of six entries each keeps three: 5, -4 and 3; 2, 6 and -7; 8, -9 and 5. The sums are 15, -7,
  /// 0, 0, 8 and -7.
  @Test
  void tiesTrimsElectsAndAveragesThoseThatAgree() {
    try (var first = delta(new float[] {5, -4, 1}, new float[] {0, 3, 2});
        var second = delta(new float[] {2, 6, 1}, new float[] {1, 0, -7});
        var third = delta(new float[] {8, -9, 1}, new float[] {0, 5, 1});
        var merged = Merging.ties(List.of(first, second, third), 0.5, 1);
        var doubled = Merging.ties(List.of(first, second, third), 0.5, 2)) {
      assertArrayEquals(new float[] {5, -6.5f, 0, 0, 4, -7}, flat(merged.arrays()), 1e-6f);
      assertArrayEquals(new float[] {10, -13, 0, 0, 8, -14}, flat(doubled.arrays()), 1e-6f);
    }
  }

  @Test
  void tiesTrimsOverAllArraysTogether() {
    try (var vector = delta(new float[] {0.1f, 0.2f, -0.3f}, new float[] {1, -2, 3});
        var merged = Merging.ties(List.of(vector), 0.5, 1)) {
      assertArrayEquals(new float[] {0, 0, 0, 1, -2, 3}, flat(merged.arrays()));
    }
  }

  @Test
  void tiesOfOppositesIsNothing() {
    try (var vector = new WeightDelta(SomeWeights.random(1, "vector"));
        var opposite = vector.times(-1);
        var merged = Merging.ties(List.of(vector, opposite), 1, 1)) {
      assertEquals(0, merged.norm());
    }
  }

  @Test
  void tiesOfOneWholeVectorIsThatVector() {
    try (var vector = new WeightDelta(SomeWeights.random(1, "vector"));
        var merged = Merging.ties(List.of(vector), 1, 1)) {
      assertEquals(vector.arrays().digest(), merged.arrays().digest());
      assertThrows(IllegalArgumentException.class, () -> Merging.ties(List.of(vector), 0, 1));
      assertThrows(IllegalArgumentException.class, () -> Merging.ties(List.of(vector), 1.1, 1));
      assertThrows(IllegalArgumentException.class, () -> Merging.ties(List.of(), 1, 1));
    }
  }

  /// The inner product with the vector itself is |tau|² in expectation, with a variance of drop /
  /// (1 - drop) times the sum of fourth powers.
  @Test
  void dareIsUnbiased() {
    double drop = 0.7;
    int seeds = 200;
    try (var vector = new WeightDelta(SomeWeights.random(1, "vector"))) {
      double mean = 0;
      for (int seed = 0; seed < seeds; seed++) {
        var random = RandomStream.of(seed, "drops");
        try (var merged = Merging.dare(List.of(vector), drop, random, Merging::mean)) {
          mean += merged.dot(vector) / seeds;
        }
      }
      double fourthPowers = 0;
      for (float entry : flat(vector.arrays())) {
        fourthPowers += Math.pow(entry, 4);
      }
      double spread = Math.sqrt(drop / (1 - drop) * fourthPowers / seeds);
      assertEquals(vector.dot(vector), mean, 4 * spread);
    }
  }

  @Test
  void dareDropsItsShareAndRescalesTheRest() {
    try (var vector = new WeightDelta(SomeWeights.random(1, "vector"));
        var random =
            Merging.dare(List.of(vector), 0.9, RandomStream.of(3, "drops"), Merging::mean);
        var again = Merging.dare(List.of(vector), 0.9, RandomStream.of(3, "drops"), Merging::mean);
        var other = Merging.dare(List.of(vector), 0.9, RandomStream.of(4, "drops"), Merging::mean);
        var all = Merging.dare(List.of(vector), 0, RandomStream.of(3, "drops"), Merging::mean)) {
      assertEquals(random.arrays().digest(), again.arrays().digest());
      assertNotEquals(random.arrays().digest(), other.arrays().digest());
      assertEquals(vector.arrays().digest(), all.arrays().digest());
      float[] before = flat(vector.arrays());
      float[] after = flat(random.arrays());
      int kept = 0;
      for (int i = 0; i < after.length; i++) {
        if (after[i] != 0) {
          assertEquals(before[i] * 10, after[i], 1e-5 * Math.abs(after[i]), "entry " + i);
          kept++;
        }
      }
      double deviation = Math.sqrt(after.length * 0.09);
      assertEquals(after.length * 0.1, kept, 4 * deviation);
      assertThrows(
          IllegalArgumentException.class,
          () -> Merging.dare(List.of(vector), 1, RandomStream.of(3), Merging::mean));
    }
  }

  @Test
  void equalVectorsAreDroppedIndependently() {
    try (var vector = new WeightDelta(SomeWeights.random(1, "vector"));
        var merged =
            Merging.dare(
                List.of(vector, vector),
                0.5,
                RandomStream.of(1, "drops"),
                vectors -> vectors.get(0).plus(vectors.get(1).times(-1)))) {
      assertNotEquals(0, merged.norm());
    }
  }

  @Test
  void fisherMergingFollowsTheCertainModel() {
    try (var first = SomeWeights.of(new float[] {1, 1, 1});
        var second = SomeWeights.of(new float[] {5, 5, 5});
        var certain = SomeWeights.of(new float[] {3, 0, 1});
        var unsure = SomeWeights.of(new float[] {1, 0, 0});
        var merged = Merging.fisher(List.of(first, second), List.of(certain, unsure), 1e-6)) {
      assertArrayEquals(new float[] {2, 3, 1}, flat(merged), 1e-5f);
      assertThrows(
          IllegalArgumentException.class,
          () -> Merging.fisher(List.of(first, second), List.of(certain), 1e-6));
      assertThrows(
          IllegalArgumentException.class,
          () -> Merging.fisher(List.of(first, second), List.of(certain, unsure), 0));
    }
  }
}
