package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.model.ConvNet;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class WeightImportanceTest {
  private static final LabelledPictures PICTURES =
      LabelledPictures.draw(Glyphs.of("ILO"), GlyphStyle.MIXED, Split.TRAIN, 6, 1);

  /// The loss `w x` of samples 1, 2 and -3 has the gradients 1, 2 and -3.
  private static double importance(int rows, boolean squared) {
    double[] samples = {1, 2, -3};
    try (var manager = Torch.manager();
        var weights = Weights.of(Map.of("w", Memory.ofFloats(manager, new float[] {5}, 1)));
        var importance =
            WeightImportance.of(
                weights,
                samples.length,
                rows,
                batch -> {
                  double mean = 0;
                  for (int i : batch) {
                    mean += samples[i] / batch.length;
                  }
                  return Ops.scale(weights.get("w"), mean).sum();
                },
                squared ? g -> g * g : Math::abs)) {
      assertEquals(5, Memory.toFloats(weights.get("w"))[0]);
      return Memory.toFloats(importance.get("w"))[0];
    }
  }

  @Test
  void gradientsAreSquaredOneByOne() {
    assertEquals((1 + 4 + 9) / 3.0, importance(1, true), 1e-6);
    assertEquals((1 + 2 + 3) / 3.0, importance(1, false), 1e-6);
  }

  @Test
  void gradientsOfABatchCancel() {
    assertEquals((2 * 1.5 * 1.5 + 9) / 3, importance(2, true), 1e-6);
    assertEquals(0, importance(3, true), 1e-6);
  }

  /// By the triangle inequality, whatever the pictures.
  @Test
  void oneByOneIsNeverLess() {
    try (var _ = Torch.withThreads(1);
        var model = ConvNet.random(1, 3, RandomStream.of(1, "model"));
        var exact = WeightImportance.fisher(model, PICTURES);
        var batches = WeightImportance.fisher(model, PICTURES, 6)) {
      for (String name : exact.names()) {
        float[] one = Memory.toFloats(exact.get(name));
        float[] six = Memory.toFloats(batches.get(name));
        for (int i = 0; i < one.length; i++) {
          assertTrue(six[i] <= one[i] * (1 + 1e-4) + 1e-12, name);
        }
      }
    }
  }

  /// That of all is the mean of those of the parts.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void partsAddUp(long seed) {
    var parts = PICTURES.split(5, RandomStream.of(seed, "part"));
    try (var _ = Torch.withThreads(1);
        var model = ConvNet.random(1, 3, RandomStream.of(seed, "model"));
        var all = WeightImportance.fisher(model, PICTURES);
        var some = WeightImportance.fisher(model, parts.getFirst());
        var others = WeightImportance.fisher(model, parts.getLast())) {
      for (String name : all.names()) {
        float[] whole = Memory.toFloats(all.get(name));
        float[] few = Memory.toFloats(some.get(name));
        float[] many = Memory.toFloats(others.get(name));
        for (int i = 0; i < whole.length; i++) {
          double mean = (5.0 * few[i] + 13.0 * many[i]) / 18;
          assertEquals(mean, whole[i], 1e-4 * mean + 1e-12, "seed " + seed + ", " + name);
        }
      }
    }
  }

  @Test
  void runningStatisticsAreNeitherWeighedNorMoved() {
    try (var _ = Torch.withThreads(1);
        var model = ConvNet.random(1, 3, RandomStream.of(1, "model"))) {
      String before = model.weights().digest();
      try (var sensitivity = WeightImportance.sensitivity(model, PICTURES, 4)) {
        assertEquals(model.trainable().names(), sensitivity.names());
        assertArrayEquals(
            model.weights().get("conv2.weight").getShape().getShape(),
            sensitivity.get("conv2.weight").getShape().getShape());
      }
      assertEquals(before, model.weights().digest());
      assertThrows(
          IllegalArgumentException.class, () -> WeightImportance.fisher(model, PICTURES, 0));
    }
  }
}
