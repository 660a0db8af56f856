package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.model.BlockInsertion;
import org.recollect.model.LanguageModel;
import org.recollect.model.Lora;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Placement;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class LayerKnockoutTest {

  private static final ModelConfig CONFIG =
      new ModelConfig(31, 24, 40, 3, 4, 2, 6, 10_000, 1e-5, 128, true);

  private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6};

  /// Without a layer is with one layer less: the others one after another.
  @Test
  void theRiseIsThatOfALossWithoutTheLayer() {
    try (var model = Models.random(CONFIG, 1)) {
      model.weights().asMap().values().forEach(weight -> weight.muli(3));
      var digest = model.weights().digest();
      double[] rises = LayerKnockout.importance(model, m -> loss(m, List.of(0, 1, 2)));
      double whole = loss(model, List.of(0, 1, 2));
      assertEquals(loss(model, List.of(1, 2)) - whole, rises[0], 1e-5);
      assertEquals(loss(model, List.of(0, 2)) - whole, rises[1], 1e-5);
      assertEquals(loss(model, List.of(0, 1)) - whole, rises[2], 1e-5);
      assertTrue(IntStream.range(0, 3).allMatch(layer -> Math.abs(rises[layer]) > 1e-3));
      assertEquals(digest, model.weights().digest());
    }
  }

  @Test
  void anOverlayIsKnockedOutWithItsLayer() {
    try (var model = Models.random(CONFIG, 2);
        var lora = Lora.of(model, 2, 2, 1, "q_proj", "o_proj", "down_proj")) {
      lora.weights()
          .asMap()
          .forEach((name, weight) ->
              Memory.write(weight, RandomStream.of(1, name).gaussians((int) weight.size())));
      var tuned = lora.on(model);
      double[] rises = LayerKnockout.importance(tuned, m -> loss(m, List.of(0, 1, 2)));
      double expected = loss(tuned, List.of(0, 2)) - loss(tuned, List.of(0, 1, 2));
      assertEquals(expected, rises[1], 1e-5);
    }
  }

  @Test
  void anUntrainedCopyIsNotNeeded() {
    try (var model = Models.random(CONFIG, 3);
        var deeper = BlockInsertion.after(model, 1)) {
      double[] before = LayerKnockout.importance(model, m -> loss(m, List.of(0, 1, 2)));
      double[] after = LayerKnockout.importance(deeper.model(), m -> loss(m, List.of(0, 1, 2, 3)));
      assertEquals(0, after[2]);
      assertArrayEquals(before, new double[] {after[0], after[1], after[3]}, 1e-6);
    }
  }

  /// The loss of some layers one after another.
  private static double loss(LanguageModel model, List<Integer> layers) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      NDArray x = model.embed(Memory.ofInts(manager, TEXT, 1, TEXT.length));
      for (int layer : layers) {
        x = model.layer(layer, x, Placement.ofText(TEXT.length));
      }
      var logits = model.head(model.finalNorm(x)).reshape(TEXT.length, -1);
      return Ops.crossEntropy(logits.get(":-1"), Memory.ofInts(manager, TEXT).get("1:")).getFloat();
    }
  }
}
