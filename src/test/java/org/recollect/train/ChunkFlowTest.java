package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// However the texts of a batch are cut, packed, padded or run again, the gradient is the same.
class ChunkFlowTest {

  private static final double TOLERANCE = 1e-4;

  private static LanguageModel model;

  /// Weights ten times as large as untrained ones, so that attention is far from uniform.
  @BeforeAll
  static void makeModel() {
    model = Models.random(Lessons.SHAPE, 1);
    for (var weight : model.weights().asMap().values()) {
      if (weight.getShape().dimension() == 2) {
        weight.muli(10);
      }
    }
  }

  @AfterAll
  static void closeModel() {
    model.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // lengths      | C  | K
        "8              | 8  | 1", // exactly a chunk
        "9              | 8  | 1", // a chunk and a token
        "16             | 8  | 1",
        "17             | 8  | 2",
        "1              | 1  | 1",
        "5              | 1  | 1", // chunks of one token
        "5              | 1  | 3",
        "30             | 7  | 1",
        "30             | 7  | 2",
        "30             | 7  | 4",
        "30             | 7  | 99", // nothing is run twice
        "3, 4, 2, 5, 1  | 6  | 1", // bins only
        "33, 3, 8, 9, 1 | 8  | 1",
        "33, 3, 8, 9, 1 | 8  | 2",
        "19, 40, 6      | 10 | 1", // two chains
        "19, 40, 6      | 10 | 3",
        "3, 4, 2        | 99 | 1", // nothing is cut
      })
  void theGradientIsThatOfTheWholeTexts(String lengths, int size, int live) {
    var batch =
        batch(Arrays.stream(lengths.split(",")).map(String::strip).mapToInt(Integer::parseInt), 3);
    requireSame(batch, new ChunkFlow(size, live));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theGradientIsThatOfTheWholeTextsForRandomLengths(long seed) {
    var random = RandomStream.of(seed, "lengths");
    var batch = batch(random.ints(1 + random.nextInt(6), 1, 50), seed);
    requireSame(batch, new ChunkFlow(1 + random.nextInt(24), 1 + random.nextInt(4)));
  }

  @ParameterizedTest
  @EnumSource(WholeTexts.class)
  void theGradientIsTheSameForWholeTexts(WholeTexts batching) {
    requireSame(batch(IntStream.of(12, 3, 7, 7, 1, 4), 5), batching);
  }

  @Test
  void aStepOfTheTrainerFollowsThatGradient() {
    var batch = batch(IntStream.of(20, 3, 5), 7);
    String after = weightsAfter(batch, new ChunkFlow(6, 2));
    assertNotEquals(model.weights().digest(), after);
    assertEquals(after, weightsAfter(batch, new ChunkFlow(6, 2)), "one seed, one result");
  }

  @Test
  void chunkSizesAreChecked() {
    assertEquals(
        "ChunkFlow has chunks of at least one token and keeps at least one alive; got 0 and 1.",
        assertThrows(IllegalArgumentException.class, () -> new ChunkFlow(0, 1)).getMessage());
    assertThrows(IllegalArgumentException.class, () -> new ChunkFlow(1, 0));
    assertThrows(IllegalArgumentException.class, () -> new GlobalBatch(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new GlobalBatch(List.of(new int[1])));
  }

  private static String weightsAfter(GlobalBatch batch, Batching batching) {
    try (var copy = model.withWeights(model.weights().copy());
        var trainer = new Trainer(copy.weights(), new AdamW(), new Schedule.Constant(1e-3), 1)) {
      trainer.step(tape -> batching.backward(copy, batch, tape));
      return copy.weights().digest();
    }
  }

  private static GlobalBatch batch(IntStream lengths, long seed) {
    var random = RandomStream.of(seed, "texts");
    return new GlobalBatch(
        lengths
            .mapToObj(length -> random.ints(length + 1, 0, model.config().vocabSize()).toArray())
            .toList());
  }

  private static void requireSame(GlobalBatch batch, Batching batching) {
    var whole = gradients(batch, WholeTexts.SINGLE);
    var other = gradients(batch, batching);
    String what = Arrays.toString(batch.lengths()) + " by " + batching;
    assertEquals(whole.loss, other.loss, 1e-5 * Math.abs(whole.loss), what);
    double difference = difference(whole, other);
    assertTrue(difference < TOLERANCE, () -> what + ": " + difference);
  }

  private record Gradient(double loss, Map<String, float[]> ofWeights) {}

  private static Gradient gradients(GlobalBatch batch, Batching batching) {
    var gradients = new LinkedHashMap<String, float[]>();
    var weights = model.weights().asMap();
    try (var _ = Torch.newScope()) {
      weights.values().forEach(weight -> weight.setRequiresGradient(true));
      double loss;
      try (var tape = Torch.gradients()) {
        loss = batching.backward(model, batch, tape);
      }
      weights.forEach((name, weight) -> {
        gradients.put(name, Memory.toFloats(weight.getGradient()));
        Gradients.zero(weight.getGradient());
        weight.setRequiresGradient(false);
      });
      return new Gradient(loss, gradients);
    }
  }

  /// The largest difference of an entry, relative to the largest entry of the same weight. Where a
  /// gradient is zero in truth, as that of queries that see one token, rounding is all there is.
  private static double difference(Gradient one, Gradient other) {
    double largest = 0;
    double zero =
        1e-6
            * one.ofWeights.values().stream()
                .mapToDouble(ChunkFlowTest::largest)
                .max()
                .orElseThrow();
    for (String name : one.ofWeights.keySet()) {
      float[] a = one.ofWeights.get(name);
      float[] b = other.ofWeights.get(name);
      double difference = 0;
      for (int i = 0; i < a.length; i++) {
        difference = Math.max(difference, Math.abs(a[i] - b[i]));
      }
      largest = Math.max(largest, difference / Math.max(zero, largest(a)));
    }
    return largest;
  }

  private static double largest(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> Math.abs(values[i])).max().orElse(0);
  }
}
