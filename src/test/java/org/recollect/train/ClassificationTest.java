package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.model.ConvNet;
import org.recollect.model.ImageClassifier;
import org.recollect.model.Lora;
import org.recollect.model.VisionConfig;
import org.recollect.model.VisionTransformer;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class ClassificationTest {
  private static final LabelledPictures TRAIN = letters(Split.TRAIN, 40);
  private static final LabelledPictures TEST = letters(Split.TEST, 30);

  @Test
  void convNetLearnsLetters() {
    try (var _ = Torch.withThreads(1);
        var model = ConvNet.random(1, 3, RandomStream.of(1, "model"))) {
      double before = Predictions.of(model, TEST).accuracy();
      new Classification(6, 30, 4e-3, .1, .01).teach(model, TRAIN, 1);
      assertTrue(before < .7, "untrained " + before);
      assertTrue(Predictions.of(model, TEST).accuracy() > .9);
    }
  }

  @Test
  void transformerLearnsLetters() {
    try (var _ = Torch.withThreads(1);
        var model = transformer()) {
      double before = Predictions.of(model, TEST).accuracy();
      new Classification(30, 20, 2e-3, .1, .05).teach(model, TRAIN, 1);
      assertTrue(before < .7, "untrained " + before);
      assertTrue(Predictions.of(model, TEST).accuracy() > .8);
    }
  }

  @Test
  void sameSeedGivesTheSameWeights() {
    try (var first = ConvNet.random(1, 3, RandomStream.of(1, "model"));
        var second = first.withWeights(first.weights().copy());
        var other = first.withWeights(first.weights().copy())) {
      var recipe = Classification.ofConvNet().epochs(1);
      recipe.teach(first, TRAIN, 1);
      recipe.teach(second, TRAIN, 1);
      recipe.teach(other, TRAIN, 2);
      assertEquals(first.weights().digest(), second.weights().digest());
      assertTrue(!first.weights().digest().equals(other.weights().digest()));
    }
  }

  @Test
  void batchesHoldEveryPlaceOnceAndAreNearlyOfOneSize() {
    for (int size = 1; size < 40; size++) {
      for (int rows : new int[] {1, 7, 50}) {
        var batches = Classification.batches(size, rows, RandomStream.of(size, rows));
        assertEquals(Math.ceilDiv(size, rows), batches.size());
        var sizes = batches.stream().mapToInt(batch -> batch.length).summaryStatistics();
        assertTrue(
            sizes.getMax() <= rows && sizes.getMax() - sizes.getMin() <= 1, size + " " + rows);
        int[] all = batches.stream().flatMapToInt(Arrays::stream).sorted().toArray();
        assertEquals(size, all.length);
        for (int i = 0; i < size; i++) {
          assertEquals(i, all[i]);
        }
      }
    }
  }

  /// Only adapters are tuned, and the loss falls: the way of GS-LoRA.
  @Test
  void adaptersOfAFrozenTransformerLearn() {
    try (var model = transformer();
        var lora = Lora.of(model, 4, 4, 1, "fc1", "fc2")) {
      var digest = model.weights().digest();
      double before = Predictions.of(lora.on(model), TRAIN).loss();
      try (var trainer = new Trainer(lora.weights(), new AdamW(), new Schedule.Constant(1e-2), 1)) {
        for (int step = 0; step < 12; step++) {
          int[] batch = RandomStream.of(1, "step", step).indices(30, TRAIN.size());
          trainer.step(() ->
              Classification.loss(lora.on(model), TRAIN, batch)
                  .add(Ops.scale(lora.norms(Lora.Group.BLOCK).sum(), 1e-4)));
        }
      }
      assertTrue(Predictions.of(lora.on(model), TRAIN).loss() < .9 * before);
      assertEquals(digest, model.weights().digest());
    }
  }

  @Test
  void refusesToTeachNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Classification(0, 50, 1e-3, .1, .01));
    try (ImageClassifier model = ConvNet.random(1, 3, RandomStream.of(1, "model"))) {
      assertThrows(
          IllegalArgumentException.class,
          () -> Classification.ofConvNet().teach(model, TRAIN.where(_ -> false), 1));
    }
  }

  private static VisionTransformer transformer() {
    var config = new VisionConfig(1, 12, 4, 24, 2, 3, 48, 3);
    return VisionTransformer.random(config, RandomStream.of(1, "model"));
  }

  private static LabelledPictures letters(Split split, int perClass) {
    var style = GlyphStyle.MIXED.noise(.05);
    return LabelledPictures.draw(Glyphs.of("LOX").sized(12), style, split, perClass, 1);
  }
}
