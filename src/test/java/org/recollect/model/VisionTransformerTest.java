package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class VisionTransformerTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void agreesWithTheEquations(long seed) {
    try (var model = any(seed)) {
      var config = model.config();
      int numbers = config.channels() * config.pixels() * config.pixels();
      float[] two = RandomStream.of(seed, "pictures").gaussians(2 * numbers);
      var plain = new PlainVisionTransformer(config, model.weights());
      float[] logits = logits(model, two);
      for (int picture = 0; picture < 2; picture++) {
        double[] expected =
            plain.logits(Arrays.copyOfRange(two, picture * numbers, (picture + 1) * numbers));
        for (int c = 0; c < expected.length; c++) {
          assertEquals(
              expected[c],
              logits[picture * expected.length + c],
              1e-4 * (1 + Math.abs(expected[c])),
              "seed %d, %s".formatted(seed, config));
        }
      }
    }
  }

  @Test
  void gradientAgreesWithDifferences() {
    var config = new VisionConfig(1, 8, 4, 12, 2, 3, 16, 3);
    try (var model = VisionTransformer.random(config, RandomStream.of(1, "model"))) {
      GradientCheck.of(model, RandomStream.of(2, "pictures").gaussians(4 * 64), 8);
    }
  }

  @Test
  void smallOneHasTheSizeOfTheExperiments() {
    try (var model = VisionTransformer.random(VisionConfig.small(36), RandomStream.of(1, "m"))) {
      // Patches 3200, class and positions 18 * 64, layers 4 * 33472, norm 128, classifier 2340.
      assertEquals(140_708, model.weights().parameters());
      try (var manager = Torch.manager();
          var _ = Torch.newScope()) {
        var pictures = manager.zeros(new Shape(2, 1, 28, 28));
        assertEquals(new Shape(2, 17, 64), model.embed(pictures).getShape());
        assertEquals(new Shape(2, 64), model.features(pictures).getShape());
        assertEquals(new Shape(2, 36), model.logits(pictures).getShape());
      }
    }
  }

  @Test
  void linearMapsAreThoseWithAMatrixOfTheirOwn() {
    var config = VisionConfig.small(3);
    try (var model = VisionTransformer.random(config, RandomStream.of(1, "m"))) {
      var maps = model.linearMaps();
      assertEquals(2 + 6 * config.layers(), maps.size());
      assertEquals("embeddings.patch_embedding", maps.getFirst());
      assertEquals("classifier", maps.getLast());
      assertTrue(maps.contains("encoder.layers.3.mlp.fc2"));
      assertEquals(new Shape(128, 64), model.weight("encoder.layers.0.mlp.fc1").getShape());
    }
  }

  /// Every map is asked, and what it is asked with and gives fits its matrix.
  @Test
  void everyLinearMapTakesAnOverlay() {
    try (var model = any(6)) {
      var pictures = RandomStream.of(1, "p").gaussians(numbers(model));
      float[] before = logits(model, pictures);
      for (String name : model.linearMaps()) {
        var matrix = model.weight(name).getShape();
        var adapted =
            model.adapt(
                name,
                (input, output) -> {
                  assertEquals(matrix.get(1), input.getShape().getLastDimension(), name);
                  assertEquals(matrix.get(0), output.getShape().getLastDimension(), name);
                  return output.onesLike();
                });
        assertTrue(!Arrays.equals(before, logits(adapted, pictures)), name);
      }
      assertArrayEquals(before, logits(model, pictures));
      assertThrows(
          IllegalArgumentException.class, () -> model.adapt("lm_head", (_, output) -> output));
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    assertThrows(
        IllegalArgumentException.class, () -> new VisionConfig(1, 28, 6, 64, 4, 4, 128, 3));
    assertThrows(
        IllegalArgumentException.class, () -> new VisionConfig(1, 28, 7, 64, 4, 5, 128, 3));
    assertThrows(
        IllegalArgumentException.class, () -> new VisionConfig(1, 28, 7, 64, 4, 4, 128, 0));
    try (var model = VisionTransformer.random(VisionConfig.small(3), RandomStream.of(1, "m"));
        var manager = Torch.manager()) {
      var coloured = manager.ones(new Shape(1, 3, 28, 28));
      assertThrows(IllegalArgumentException.class, () -> model.logits(coloured));
      assertThrows(
          IllegalArgumentException.class,
          () -> new VisionTransformer(VisionConfig.small(4), model.weights()));
    }
  }

  /// Of a random small shape; biases and norms are random too.
  private static VisionTransformer any(long seed) {
    var random = RandomStream.of(seed, "any transformer");
    int patch = 2 + random.nextInt(3);
    int heads = 1 + random.nextInt(3);
    var config =
        new VisionConfig(
            1 + 2 * random.nextInt(2),
            patch * (1 + random.nextInt(3)),
            patch,
            heads * (2 + random.nextInt(5)),
            1 + random.nextInt(3),
            heads,
            3 + random.nextInt(12),
            2 + random.nextInt(4));
    var model = VisionTransformer.random(config, random);
    model
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          if (weight.getShape().dimension() == 1) {
            Memory.write(weight, random.split(name).gaussians((int) weight.size()));
          }
        });
    return model;
  }

  private static int numbers(VisionTransformer model) {
    var config = model.config();
    return config.channels() * config.pixels() * config.pixels();
  }

  private static float[] logits(VisionTransformer model, float[] pictures) {
    var config = model.config();
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var batch =
          Memory.ofFloats(
              manager,
              pictures,
              pictures.length / numbers(model),
              config.channels(),
              config.pixels(),
              config.pixels());
      return Memory.toFloats(model.logits(batch));
    }
  }
}
