package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.model.ConvNet;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class PredictionsTest {

  @Test
  void measuresWorkedByHand() {
    float[][] logits = {{0, (float) Math.log(3)}, {1000, 1000}, {-2000, 0}};
    var predictions = new Predictions(logits, new float[3][1], new int[] {1, 1, 0});
    assertArrayEquals(new int[] {1, 0, 1}, predictions.classes());
    assertEquals(1 / 3.0, predictions.accuracy(), 1e-12);
    assertArrayEquals(
        new double[] {Math.log(4 / 3.0), Math.log(2), 2000}, predictions.losses(), 1e-6);
    assertEquals((Math.log(8 / 3.0) + 2000) / 3, predictions.loss(), 1e-6);
    assertArrayEquals(new double[] {.25, .75}, predictions.probabilities()[0], 1e-6);
    assertArrayEquals(new double[] {.5, .5}, predictions.probabilities()[1], 1e-12);
    assertArrayEquals(new double[] {0, 1}, predictions.probabilities()[2], 1e-12);
  }

  /// More pictures than one batch holds, each as if it were shown alone.
  @Test
  void everyPictureIsPredictedInItsPlace() {
    var pictures =
        LabelledPictures.draw(Glyphs.of("01").sized(8), GlyphStyle.MIXED, Split.TEST, 203, 1);
    try (var model = ConvNet.random(1, 2, RandomStream.of(1, "model"))) {
      var predictions = Predictions.of(model, pictures);
      assertEquals(406, predictions.size());
      for (int i : new int[] {0, 199, 200, 405}) {
        try (var manager = Torch.manager();
            var _ = Torch.newScope()) {
          var one = pictures.pictures(manager, i);
          assertArrayEquals(
              Memory.toFloats(model.logits(one)), predictions.logits()[i], 1e-5f, "picture " + i);
          assertArrayEquals(Memory.toFloats(model.features(one)), predictions.features()[i], 1e-5f);
          assertEquals(pictures.items().get(i).label(), predictions.labels()[i]);
        }
      }
      double mean =
          Arrays.stream(new int[] {0, 1})
              .mapToDouble(
                  c -> Predictions.of(model, pictures.where(item -> item.label() == c)).accuracy())
              .average()
              .orElseThrow();
      assertEquals(mean, predictions.accuracy(), 1e-9);
      assertThrows(
          IllegalArgumentException.class, () -> Predictions.of(model, pictures.where(_ -> false)));
    }
  }
}
