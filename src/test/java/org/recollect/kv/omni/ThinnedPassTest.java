package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.Settings;
import org.recollect.model.ModelConfig;
import org.recollect.model.Placement;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

class ThinnedPassTest {

  private static float[] last(NDArray logits) {
    return Memory.toFloats(logits.get(":, -1"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void droppingNothingIsThePlainPassBitForBit(long seed) {
    try (var model = Omni.model(ClipWorldTest.small(4), 6, seed);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, seed);
      float[] plain = plain(model, input);
      var all = Omni.pass(model, input, Selections.all(), Settings.NONE);
      assertArrayEquals(plain, all.logits(), "seed " + seed);
      assertEquals(27, all.cached());
      // All of stage I and II at a retention of 1; without the removal nothing is left to drop.
      var staged = Seats.of(6).withoutRemoval();
      var whole = Omni.pass(model, input, staged, Omni.retention(1));
      assertArrayEquals(plain, whole.logits(), "seed " + seed);
    }
  }

  /// All layers over all tokens, the head over the last.
  private static float[] plain(OmniModel model, OmniModel.Input input) {
    var language = model.language();
    var x = input.vectors();
    var placement = Placement.ofText((int) x.getShape().get(1));
    for (int layer = 0; layer < language.config().layers(); layer++) {
      x = language.layer(layer, x, placement);
    }
    return Memory.toFloats(language.head(language.finalNorm(x).get(":, -1")));
  }

  /// Tokens that are dropped before the first layer were never there, but for the positions of the
  /// others; those dropped later are as if the rest went on alone.
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2})
  void aDroppedTokenTakesNoFurtherPart(int after) {
    try (var model = Omni.model(ClipWorldTest.small(3), 3, 5);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 5);
      int[] kept = {0, 2, 3, 7, 11, 19, 20};
      var dropping =
          new Omni.Choosing("some", stage -> stage.executed() == after ? kept : every(stage));
      float[] thinned = Omni.pass(model, input, dropping, Settings.NONE).logits();
      assertArrayEquals(byHand(model, input, after, kept), thinned, 1e-5f);
    }
  }

  private static float[] byHand(OmniModel model, OmniModel.Input input, int after, int[] kept) {
    var language = model.language();
    var placement = Placement.ofText(21);
    var x = input.vectors();
    for (int layer = 0; layer < 3; layer++) {
      if (layer == after) {
        int hidden = language.config().hiddenSize();
        float[] before = Memory.toFloats(x);
        float[] rest = new float[kept.length * hidden];
        for (int i = 0; i < kept.length; i++) {
          System.arraycopy(before, kept[i] * hidden, rest, i * hidden, hidden);
        }
        x = Memory.ofFloats(x.getManager(), rest, 1, kept.length, hidden);
        placement = placement.pick(kept);
      }
      x = language.layer(layer, x, placement);
    }
    return last(language.head(language.finalNorm(x)));
  }

  private static int[] every(Stage stage) {
    return IntStream.range(0, stage.present().tokens()).toArray();
  }

  /// The relevance that a selection is told, beside the last row of a full softmax written out.
  @Test
  void relevanceIsTheLastTokensAttention() {
    try (var model = Omni.model(ClipWorldTest.small(3), 2, 7);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 7);
      var told = new ArrayList<double[]>();
      var asking =
          new Omni.Choosing(
              "asking",
              stage -> {
                if (stage.executed() == 1) {
                  told.add(stage.relevance().get());
                }
                return every(stage);
              });
      Omni.pass(model, input, asking, Settings.NONE);
      assertEquals(1, Arrays.stream(told.getFirst()).sum(), 1e-5);
      assertArrayEquals(lastRow(model, input), told.getFirst(), 1e-6);
    }
  }

  private static double[] lastRow(OmniModel model, OmniModel.Input input) {
    var means = new double[21];
    Tap tap =
        new Tap() {
          @Override
          public void attention(
              int layer, NDArray q, NDArray k, NDArray v, NDArray rotatedQ, NDArray rotatedK) {
            float[] queries = Memory.toFloats(rotatedQ);
            float[] keys = Memory.toFloats(rotatedK);
            for (int head = 0; head < 4; head++) {
              double[] exps = new double[21];
              for (int token = 0; token < 21; token++) {
                double dot = 0;
                for (int c = 0; c < 6; c++) {
                  dot += queries[(head * 21 + 20) * 6 + c] * keys[(head / 2 * 21 + token) * 6 + c];
                }
                exps[token] = Math.exp(dot / Math.sqrt(6));
              }
              double sum = Arrays.stream(exps).sum();
              for (int token = 0; token < 21; token++) {
                means[token] += exps[token] / sum / 4;
              }
            }
          }
        };
    model.language().layer(0, input.vectors(), Placement.ofText(21), tap);
    return means;
  }

  /// The cache holds in every layer what is left at the end, and a question read on from a whole
  /// cache is that of the text read at once.
  @Test
  void theCacheHoldsWhatIsLeft() {
    var world = ClipWorldTest.small(3);
    try (var model = Omni.model(world, 6, 9);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 9);
      var seats = Omni.pass(model, input, Seats.of(6), Omni.retention(.5));
      assertEquals(3, seats.cached());
      for (var past : seats.past()) {
        assertArrayEquals(new long[] {1, 2, 3, 6}, past.keys().getShape().getShape());
        assertArrayEquals(new long[] {1, 2, 3, 6}, past.values().getShape().getShape());
      }
      var whole = Omni.pass(model, input, Selections.all(), Settings.NONE);
      int[] words = world.words(new Question(Question.Topic.COUNT, 1));
      var ids = Memory.ofInts(input.vectors().getManager(), words, 1, 2);
      var language = model.language();
      var read = language.hidden(ids, Placement.after(21, 2, whole.past()));
      var together = NDArrays.concat(new NDList(input.vectors(), language.embed(ids)), 1);
      assertArrayEquals(last(model.forward(together)), last(language.head(read)), 1e-4f);
    }
  }

  /// The keys that stay are those of the tokens that stay.
  @Test
  void theCachesOfEarlierLayersLoseDroppedTokensToo() {
    try (var model = Omni.model(ClipWorldTest.small(3), 3, 4);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 4);
      int[] kept = {0, 5, 19, 20};
      var late = new Omni.Choosing("late", stage -> stage.executed() == 2 ? kept : every(stage));
      var some = Omni.pass(model, input, late, Settings.NONE);
      var all = Omni.pass(model, input, Selections.all(), Settings.NONE);
      assertArrayEquals(new int[] {21, 21, 4}, some.tokens());
      for (int layer = 0; layer < 2; layer++) {
        var rows = Memory.ofInts(input.vectors().getManager(), kept, 4);
        var expected = all.past().get(layer).keys().transpose(2, 0, 1, 3).reshape(21, 12);
        var found = some.past().get(layer).keys().transpose(2, 0, 1, 3).reshape(4, 12);
        assertArrayEquals(Memory.toFloats(Ops.embedding(expected, rows)), Memory.toFloats(found));
      }
    }
  }

  /// Hidden 4, feed-forward 8, one head of 4: 2 * 4 * 8 + 3 * 4 * 8 = 160 weights, so 320 a token;
  /// 3 tokens see 1 + 2 + 3 = 6, with 4 * 4 each.
  @Test
  void flopByHand() {
    var config = new ModelConfig(10, 4, 8, 1, 1, 1, 4, 10_000, 1e-5, 16, true);
    assertEquals(3 * 320 + 6 * 16, ThinnedPass.flop(config, 3));
  }

  @Test
  void refusesToLoseText() {
    try (var model = Omni.model(ClipWorldTest.small(3), 2, 4);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 4);
      for (int[] kept : List.of(new int[] {0, 3, 20}, new int[] {3, 0, 19, 20}, new int[0])) {
        var bad = new Omni.Choosing("bad", _ -> kept);
        var error =
            assertThrows(
                IllegalStateException.class, () -> Omni.pass(model, input, bad, Settings.NONE));
        assertTrue(error.getMessage().contains("'bad' must keep all text"), error.getMessage());
      }
    }
  }
}
