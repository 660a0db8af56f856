package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class ConvNetTest {

  @Test
  void hasAsManyWeightsAsItSays() {
    try (var model = network(1, 10)) {
      assertEquals(23_632 + 650, model.weights().parameters());
      try (var trainable = model.trainable()) {
        assertEquals(23_632 + 650 - 2 * 112, trainable.parameters());
        assertFalse(trainable.contains("bn1.running_mean"));
        assertTrue(trainable.contains("bn1.bias"));
      }
      assertEquals(10, model.classes());
    }
  }

  /// What is normed by running statistics is each picture by itself, whatever its size.
  @Test
  void evaluatedPicturesDoNotKnowOfEachOther() {
    try (var model = network(3, 5)) {
      assertAlone(model, true);
      assertAlone(model.in(BatchStatistics.BATCH), false);
    }
  }

  private static void assertAlone(ConvNet model, boolean alone) {
    float[] two = pictures(2, 3, 9, 17, 1);
    float[] both = logits(model, two, 2, 3, 9, 17);
    float[] first = logits(model, Arrays.copyOf(two, two.length / 2), 1, 3, 9, 17);
    assertEquals(10, both.length);
    double difference = 0;
    for (int i = 0; i < 5; i++) {
      difference = Math.max(difference, Math.abs(first[i] - both[i]));
    }
    assertEquals(alone, difference < 1e-5, "difference " + difference);
  }

  @Test
  void onlyLearningMovesRunningStatistics() {
    try (var model = network(1, 3)) {
      var digest = model.weights().digest();
      float[] some = pictures(4, 1, 8, 8, 2);
      float[] batch = logits(model.in(BatchStatistics.BATCH), some, 4, 1, 8, 8);
      logits(model, some, 4, 1, 8, 8);
      assertEquals(digest, model.weights().digest());
      assertArrayEquals(batch, logits(model.training(), some, 4, 1, 8, 8), 1e-5f);
      assertNotEquals(digest, model.weights().digest());
      for (int i = 0; i < 200; i++) {
        logits(model.training(), some, 4, 1, 8, 8);
      }
      // Running variances are unbiased: of 4 pictures with 4 places in the last stage, 16/15.
      assertArrayEquals(batch, logits(model, some, 4, 1, 8, 8), .1f);
    }
  }

  @Test
  void gradientAgreesWithDifferences() {
    for (var statistics : BatchStatistics.values()) {
      try (var model = network(1, 4)) {
        GradientCheck.of(model.in(statistics), pictures(5, 1, 12, 12, 3), 12);
      }
    }
  }

  @Test
  void logitsAreTheHeadOfTheFeatures() {
    try (var model = network(1, 4);
        var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var pictures = Memory.ofFloats(manager, pictures(3, 1, 28, 28, 4), 3, 1, 28, 28);
      var features = model.features(pictures);
      assertEquals(new Shape(3, 64), features.getShape());
      assertArrayEquals(
          Memory.toFloats(model.logits(pictures)), Memory.toFloats(model.head(features)));
    }
  }

  @Test
  void borrowedModelLeavesTheWeightsOpen() {
    try (var model = network(1, 2)) {
      model.training().close();
      assertEquals(64, model.weights().digest().length());
      try (var other = model.withWeights(model.weights().copy())) {
        assertEquals(model.weights().digest(), other.weights().digest());
      }
    }
  }

  @Test
  void refusesPicturesOfAnotherKind() {
    try (var model = network(3, 2);
        var manager = Torch.manager()) {
      for (var shape : new Shape[] {new Shape(1, 1, 8, 8), new Shape(1, 3, 8, 7), new Shape(3)}) {
        var pictures = manager.ones(shape);
        assertThrows(IllegalArgumentException.class, () -> model.logits(pictures));
      }
    }
  }

  private static ConvNet network(int channels, int classes) {
    return ConvNet.random(channels, classes, RandomStream.of(7, "network"));
  }

  private static float[] pictures(int batch, int channels, int height, int width, long seed) {
    return RandomStream.of(seed, "pictures").gaussians(batch * channels * height * width);
  }

  private static float[] logits(ConvNet model, float[] pictures, long... shape) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      return Memory.toFloats(model.logits(Memory.ofFloats(manager, pictures, shape)));
    }
  }
}
