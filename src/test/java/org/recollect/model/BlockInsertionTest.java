package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class BlockInsertionTest {

  private static final ModelConfig CONFIG =
      new ModelConfig(31, 24, 40, 4, 4, 2, 6, 10_000, 1e-5, 128, true);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theDeeperModelIsTheSameFunctionToTheBit(long seed) {
    var random = RandomStream.of(seed, "layers");
    try (var model = Subjects.any(seed)) {
      int depth = model.config().layers();
      int[] layers = random.indices(1 + random.nextInt(depth), depth);
      int[] tokens = Subjects.tokens(model, 1 + random.nextInt(20), random);
      try (var deeper = BlockInsertion.after(model, layers)) {
        assertEquals(depth + layers.length, deeper.model().config().layers());
        assertArrayEquals(logits(model, tokens), logits(deeper.model(), tokens), "seed " + seed);
        assertArrayEquals(
            model.generate(tokens, 5, Sampling.greedy()),
            deeper.model().generate(tokens, 5, Sampling.greedy()));
      }
    }
  }

  @Test
  void copiesStandRightBehindTheirLayersWithTheirWeights() {
    try (var model = Subjects.sharp(CONFIG, 1);
        var deeper = BlockInsertion.after(model, 2, 0)) {
      assertEquals(List.of(1, 4), deeper.copies());
      int[] origins = {0, 0, 1, 2, 2, 3};
      for (int layer = 0; layer < 6; layer++) {
        String name = "model.layers.%d.mlp.gate_proj.weight";
        assertArrayEquals(
            Memory.toFloats(model.weights().get(name.formatted(origins[layer]))),
            Memory.toFloats(deeper.model().weights().get(name.formatted(layer))));
      }
      assertEquals(18, deeper.weights().names().size());
      assertTrue(
          deeper.weights().names().stream()
              .allMatch(name -> name.startsWith("model.layers.1.") || name.contains("layers.4.")));
    }
  }

  @Test
  void trainedCopiesChangeTheFunctionAndLeaveTheModelAsItWas() {
    try (var model = Subjects.sharp(CONFIG, 2)) {
      int[] tokens = {3, 1, 4, 1, 5};
      var digest = model.weights().digest();
      try (var deeper = BlockInsertion.after(model, 3)) {
        var weight = deeper.weights().get("model.layers.4.mlp.down_proj.weight");
        Memory.write(weight, RandomStream.of(1).gaussians((int) weight.size()));
        assertFalse(Arrays.equals(logits(model, tokens), logits(deeper.model(), tokens)));
      }
      assertEquals(digest, model.weights().digest());
    }
  }

  @Test
  void layersAreChosenEvenlyAndOnce() {
    try (var model = Subjects.sharp(CONFIG, 3)) {
      assertArrayEquals(new int[] {3}, BlockInsertion.evenly(model, 1));
      assertArrayEquals(new int[] {1, 3}, BlockInsertion.evenly(model, 2));
      assertArrayEquals(new int[] {0, 1, 3}, BlockInsertion.evenly(model, 3));
      assertArrayEquals(new int[] {0, 1, 2, 3}, BlockInsertion.evenly(model, 4));
      for (int[] wrong : List.of(new int[] {}, new int[] {4}, new int[] {-1}, new int[] {1, 1})) {
        assertThrows(IllegalArgumentException.class, () -> BlockInsertion.after(model, wrong));
      }
      var adapted = model.adapt("lm_head", (input, output) -> output);
      var problem =
          assertThrows(IllegalStateException.class, () -> BlockInsertion.after(adapted, 1));
      assertTrue(problem.getMessage().contains("merge them first"));
    }
  }

  private static float[] logits(LanguageModel model, int[] tokens) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      return Memory.toFloats(model.forward(Memory.ofInts(manager, tokens, 1, tokens.length)));
    }
  }
}
