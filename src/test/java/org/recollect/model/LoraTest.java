package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
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
