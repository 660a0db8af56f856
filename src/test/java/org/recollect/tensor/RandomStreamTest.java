package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGeneratorFactory;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RandomStreamTest {
  @Test
  void seedAndNamesDefineTheStream() {
    assertEquals(first(RandomStream.of(1, "data", 2)), first(RandomStream.of(1, "data", 2)));
    var others =
        List.of(
            RandomStream.of(1, "data", 2),
            RandomStream.of(2, "data", 2),
            RandomStream.of(1, "data", 3),
            RandomStream.of(1, "data2"),
            RandomStream.of(1, "dat", "a2"),
            RandomStream.of(1, 2, "data"));
    assertEquals(others.size(), others.stream().map(RandomStreamTest::first).distinct().count());
  }

  @Test
  void splittingNeitherDrawsNorDependsOnWhatWasDrawn() {
    var drawn = RandomStream.of(5, "a");
    var fresh = RandomStream.of(5, "a");
    drawn.nextLong();
    assertEquals(first(drawn.split("child")), first(fresh.split("child")));
    drawn = RandomStream.of(5, "a");
    drawn.split("child");
    assertEquals(first(drawn), first(fresh));
    assertNotEquals(first(fresh.split("child")), first(fresh.split("sister")));
  }

  @Test
  void isXoshiro256PlusPlusOverTheHash() throws Exception {
    var digest = MessageDigest.getInstance("SHA-256");
    digest.update(ByteBuffer.allocate(8).putLong(42).array());
    digest.update(ByteBuffer.allocate(4).putInt(1).array());
    var state = digest.digest("x".getBytes());
    var words = ByteBuffer.wrap(state);
    long sum = words.getLong(0) + words.getLong(24);
    assertEquals(Long.rotateLeft(sum, 23) + words.getLong(0), RandomStream.of(42, "x").nextLong());
    var jdk = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(state);
    var ours = RandomStream.of(42, "x");
    for (int i = 0; i < 100; i++) {
      assertEquals(jdk.nextLong(), ours.nextLong());
    }
  }

  @Test
  void gaussiansHaveTheMomentsOfTheNormal() {
    int count = 100_000;
    var values = RandomStream.of(3, "moments").gaussians(count);
    double mean = moment(values, 1);
    double variance = moment(values, 2);
    double kurtosis = moment(values, 4);
    double fiveErrors = 5 / Math.sqrt(count);
    assertEquals(0, mean, fiveErrors);
    assertEquals(1, variance, fiveErrors * Math.sqrt(2));
    assertEquals(3, kurtosis, fiveErrors * Math.sqrt(96));
  }

  @Test
  void indicesAreDistinctAndEachEquallyLikely() {
    var random = RandomStream.of(4, "indices");
    var seen = new int[10];
    int rounds = 10_000;
    for (int i = 0; i < rounds; i++) {
      var indices = random.indices(3, 10);
      assertEquals(3, Arrays.stream(indices).distinct().count());
      for (int index : indices) {
        seen[index]++;
      }
    }
    double expected = 0.3 * rounds;
    double fiveErrors = 5 * Math.sqrt(rounds * 0.3 * 0.7);
    for (int count : seen) {
      assertEquals(expected, count, fiveErrors);
    }
    assertEquals(0, random.indices(0, 0).length);
    assertThrows(IllegalArgumentException.class, () -> random.indices(4, 3));
  }

  @Test
  void shuffleIsAPermutationThatLeavesItsInput() {
    var random = RandomStream.of(6, "shuffle");
    var elements = IntStream.range(0, 50).boxed().toList();
    var shuffled = random.shuffle(elements);
    assertNotEquals(elements, shuffled);
    assertEquals(elements, shuffled.stream().sorted().toList());
    assertTrue(elements.contains(random.pick(elements)));
    assertThrows(IllegalArgumentException.class, () -> random.pick(List.of()));
  }

  @Test
  void arraysHoldTheSameNumbers() {
    try (var manager = Torch.manager()) {
      var array = RandomStream.of(8, "array").gaussian(manager, new Shape(3, 2), 0.5);
      var values = RandomStream.of(8, "array").gaussians(6);
      for (int i = 0; i < 6; i++) {
        values[i] *= 0.5f;
      }
      assertArrayEquals(values, Memory.toFloats(array));
      assertEquals(new Shape(3, 2), array.getShape());
    }
  }

  @Test
  void namesMustBePrintable() {
    assertThrows(IllegalArgumentException.class, () -> RandomStream.of(1, new Object()));
  }

  private static long first(RandomStream stream) {
    return stream.split().nextLong() ^ stream.nextLong();
  }

  private static double moment(float[] values, int power) {
    double sum = 0;
    for (float value : values) {
      sum += Math.pow(value, power);
    }
    return sum / values.length;
  }
}
