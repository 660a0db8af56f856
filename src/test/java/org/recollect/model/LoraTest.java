package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class LoraTest {

  @Test
  void anUntrainedAdapterChangesNothing() {
    try (var model = Subjects.any(1);
        var lora = Lora.of(model, 2, 4, 1, "q_proj", "v_proj")) {
      assertArrayEquals(logits(model), logits(lora.on(model)));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {2, 3, 4})
  void mergedWeightsPredictAsTheAdaptersDo(long seed) {
    try (var model = Subjects.any(seed);
        var lora = Lora.of(model, 1 + (int) seed % 3, 3, seed, "q_proj", "o_proj", "down_proj")) {
      train(lora, seed);
      try (var merged = lora.mergedInto(model)) {
        float[] adapted = logits(lora.on(model));
        float scale = largest(adapted);
        assertArrayEquals(adapted, logits(merged), 1e-5f * scale, "seed " + seed);
        assertTrue(differ(adapted, logits(model)), "the adapters do something");
      }
    }
  }

  @Test
  void aSavedAdapterIsReadBack(@TempDir Path folder) {
    var file = folder.resolve("adapter.safetensors");
    try (var model = Subjects.any(5);
        var lora = Lora.of(model, 3, 6, 1, "v_proj")) {
      train(lora, 5);
      lora.save(file);
      try (var read = Lora.read(file)) {
        assertEquals(3, read.rank());
        assertEquals(lora.linearMaps(), read.linearMaps());
        assertArrayEquals(logits(lora.on(model)), logits(read.on(model)));
      }
    }
  }

  @Test
  void onlyMapsThatThereAreCanBeAdapted() {
    try (var model = Subjects.any(6)) {
      var none = assertThrows(IllegalArgumentException.class, () -> Lora.of(model, 2, 2, 1));
      assertTrue(none.getMessage().contains("such as q_proj"));
      assertThrows(IllegalArgumentException.class, () -> Lora.of(model, 2, 2, 1, "x_proj"));
      assertThrows(IllegalArgumentException.class, () -> Lora.of(model, 0, 2, 1, "q_proj"));
    }
  }

  @Test
  void mergedClassifierPredictsAsTheAdaptedOne() {
    try (var model = VisionTransformer.random(VisionConfig.small(5), RandomStream.of(1, "model"));
        var lora = Lora.of(model, 3, 6, 1, "fc1", "fc2")) {
      assertEquals(8, lora.linearMaps().size());
      assertArrayEquals(logits(model), logits(lora.on(model)));
      train(lora, 8);
      try (var merged = lora.mergedInto(model)) {
        float[] adapted = logits(lora.on(model));
        assertArrayEquals(adapted, logits(merged), 1e-4f * largest(adapted));
        assertTrue(differ(adapted, logits(model)), "the adapters do something");
      }
    }
  }

  /// The way of continual tuning: merge, start again, and nothing is lost.
  @Test
  void restartedAdaptersAreUntrainedAndOfTheSameMaps() {
    try (var model = Subjects.any(9);
        var lora = Lora.of(model, 2, 4, 1, "q_proj", "down_proj")) {
      train(lora, 9);
      try (var merged = lora.mergedInto(model);
          var next = lora.restarted(2);
          var same = Lora.of(model, 2, 4, 2, "q_proj", "down_proj")) {
        assertArrayEquals(logits(merged), logits(next.on(merged)));
        assertEquals(same.weights().digest(), next.weights().digest());
        assertEquals(4, next.alpha());
      }
    }
  }

  @Test
  void mergingIntoAModelChangesTheAdaptedMapsOnly() {
    try (var model = VisionTransformer.random(VisionConfig.small(5), RandomStream.of(1, "model"));
        var lora = Lora.of(model, 3, 1, 1, "fc1", "fc2");
        var target = model.withWeights(model.weights().copy())) {
      train(lora, 6);
      lora.mergeInto(model, target);
      try (var merged = lora.mergedInto(model)) {
        assertEquals(merged.weights().digest(), target.weights().digest());
      }
      float[] adapted = logits(lora.on(model));
      assertArrayEquals(adapted, logits(target), 1e-4f * largest(adapted));
      // From the same model again, not on top of what was merged.
      lora.mergeInto(model, target);
      assertArrayEquals(adapted, logits(target), 1e-4f * largest(adapted));
    }
  }

  @Test
  void smallerGroupsMakeUpTheLargerOnes() {
    try (var model = VisionTransformer.random(VisionConfig.small(5), RandomStream.of(1, "model"));
        var lora = Lora.of(model, 2, 2, 1, "fc1", "fc2");
        var _ = Torch.newScope()) {
      train(lora, 4);
      assertEquals("encoder.layers.0.mlp.fc2", lora.groups(Lora.Group.MAP).get(1));
      float[] matrices = Memory.toFloats(lora.norms(Lora.Group.MATRIX));
      float[] maps = Memory.toFloats(lora.norms(Lora.Group.MAP));
      float[] blocks = Memory.toFloats(lora.norms(Lora.Group.BLOCK));
      assertEquals(List.of(16, 8, 4), List.of(matrices.length, maps.length, blocks.length));
      for (int i = 0; i < 8; i++) {
        assertEquals(maps[i], Math.hypot(matrices[2 * i], matrices[2 * i + 1]), 1e-4, "map " + i);
      }
      for (int i = 0; i < 4; i++) {
        assertEquals(blocks[i], Math.hypot(maps[2 * i], maps[2 * i + 1]), 1e-4, "block " + i);
      }
    }
  }

  @Test
  void blockNormIsTheLengthOfAllItsEntries() {
    try (var model = VisionTransformer.random(VisionConfig.small(5), RandomStream.of(1, "model"));
        var lora = Lora.of(model, 2, 2, 1, "fc1", "fc2", "classifier")) {
      train(lora, 3);
      assertEquals(
          List.of(
              "encoder.layers.0",
              "encoder.layers.1",
              "encoder.layers.2",
              "encoder.layers.3",
              "classifier"),
          lora.groups(Lora.Group.BLOCK));
      var squares = new double[5];
      lora.weights()
          .asMap()
          .forEach((name, weight) -> {
            int block = name.startsWith("classifier") ? 4 : name.charAt(15) - '0';
            for (float value : Memory.toFloats(weight)) {
              squares[block] += (double) value * value;
            }
          });
      try (var _ = Torch.newScope()) {
        float[] norms = Memory.toFloats(lora.norms(Lora.Group.BLOCK));
        for (int block = 0; block < 5; block++) {
          assertEquals(Math.sqrt(squares[block]), norms[block], 1e-4, "block " + block);
        }
      }
    }
  }

  /// The gradient of a norm is its direction; that of an empty block is nothing, not NaN.
  @Test
  void blockNormsCanBeDifferentiated() {
    try (var model = Subjects.sharp(config(2), 4);
        var lora = Lora.of(model, 2, 2, 1, "q_proj", "v_proj")) {
      train(lora, 5);
      lora.weights()
          .asMap()
          .forEach((name, weight) -> {
            if (name.startsWith("model.layers.1.")) {
              Memory.write(weight, new float[(int) weight.size()]);
            }
            weight.setRequiresGradient(true);
          });
      try (var _ = Torch.newScope();
          var tape = Torch.gradients()) {
        var norms = lora.norms(Lora.Group.BLOCK);
        tape.backward(norms.sum());
        float[] lengths = Memory.toFloats(norms);
        assertEquals(1e-6, lengths[1], 1e-8);
        lora.weights()
            .asMap()
            .forEach((name, weight) -> {
              float length = lengths[name.charAt("model.layers.".length()) - '0'];
              float[] gradient = Memory.toFloats(weight.getGradient());
              float[] values = Memory.toFloats(weight);
              for (int i = 0; i < values.length; i++) {
                assertEquals(values[i] / length, gradient[i], 1e-6, name);
              }
            });
      }
    }
  }

  private static ModelConfig config(int layers) {
    return new ModelConfig(9, 8, 6, layers, 2, 1, 4, 10_000.0, 1e-5, 64, false);
  }

  private static float[] logits(VisionTransformer model) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      float[] numbers = RandomStream.of(1, "picture").gaussians(2 * 28 * 28);
      return Memory.toFloats(model.logits(Memory.ofFloats(manager, numbers, 2, 1, 28, 28)));
    }
  }

  /// Stands for training: all matrices at random.
  private static void train(Lora lora, long seed) {
    lora.weights()
        .asMap()
        .forEach((name, weight) ->
            Memory.write(weight, RandomStream.of(seed, name).gaussians((int) weight.size())));
  }

  private static float[] logits(LanguageModel model) {
    try (var _ = Torch.newScope()) {
      var manager = model.weights().get("model.norm.weight").getManager();
      return Memory.toFloats(
          model.forward(Memory.ofInts(manager, new int[] {1, 4, 2, 0, 3}, 1, 5)));
    }
  }

  private static float largest(float[] values) {
    float largest = 1;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static boolean differ(float[] a, float[] b) {
    for (int i = 0; i < a.length; i++) {
      if (Math.abs(a[i] - b[i]) > 1e-3) {
        return true;
      }
    }
    return false;
  }
}
