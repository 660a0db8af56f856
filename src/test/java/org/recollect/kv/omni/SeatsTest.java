package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class SeatsTest {

  @Test
  void pointsLieWhereThePaperHasThem() {
    assertEquals(List.of(16, 18, 20), Seats.of(28).points());
    assertEquals(23, Seats.of(28).removal());
    assertEquals(List.of(3, 4), Seats.of(6).points());
    assertEquals(5, Seats.of(6).removal());
    assertEquals(List.of(2), Seats.of(4).points());
    assertThrows(IllegalArgumentException.class, () -> Seats.of(3));
  }

  /// Rounding to whole tokens, at most half a token for each modality at each stage, is all that
  /// parts the average of the layers from the target.
  @ParameterizedTest
  @ValueSource(doubles = {.15, .25, .4, .5, .7})
  void theAverageOfTheLayersIsTheTarget(double target) {
    try (var model = Omni.model(ClipWorld.usual(), 6, 2);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 2);
      for (var seats :
          List.of(Seats.of(6), Seats.of(6).uniformWindows(), Seats.of(6).fixedRatios())) {
        int[] tokens = Omni.pass(model, input, seats, Omni.retention(target)).tokens();
        double media = Arrays.stream(tokens).map(count -> count - 3).sum();
        assertEquals(target * 6 * 160, media, 2 * (.5 + .5), Arrays.toString(tokens));
        assertEquals(3, tokens[5]);
        assertTrue(tokens[2] > tokens[3] && tokens[3] > tokens[4], Arrays.toString(tokens));
        assertArrayEquals(new int[] {tokens[0], tokens[0]}, Arrays.copyOfRange(tokens, 1, 3));
      }
    }
  }

  @Test
  void stageOneAloneReadsTheSameInEveryLayer() {
    try (var model = Omni.model(ClipWorld.usual(), 6, 2);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 2);
      int[] tokens =
          Omni.pass(model, input, Seats.of(6).onlyBefore(), Omni.retention(.25)).tokens();
      // Of 32 patches in a window round(.175 * 32) = 6 stay, of 8 tones round(.55 * 8) = 4.
      int[] expected = new int[6];
      Arrays.fill(expected, 3 + 4 * 6 + 4 * 4);
      assertArrayEquals(expected, tokens);
    }
  }

  /// Two pictures make a window; what is kept of it is the choice of greedy max-min, by distances
  /// times the encoder's attention.
  @Test
  void stageOneChoosesWindowByWindow() {
    try (var model = Omni.model(ClipWorldTest.small(4), 6, 3);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 3);
      var first = new ArrayList<int[]>();
      var seats = Seats.of(6);
      var watching =
          new Omni.Choosing(
              "watching",
              stage -> {
                int[] kept = seats.keep(stage);
                if (stage.executed() == 0) {
                  first.add(kept);
                }
                return kept;
              });
      Omni.pass(model, input, watching, Omni.retention(.5));
      var layout = model.world().layout(1);
      var target = ModalityShares.of(.5, layout);
      int hidden = model.language().config().hiddenSize();
      float[] all = Memory.toFloats(input.vectors());
      for (var modality : List.of(Modality.VIDEO, Modality.AUDIO)) {
        for (int from = 0; from < 4; from += 2) {
          int[] window = layout.of(modality, from, from + 2);
          float[][] vectors = new float[window.length][];
          double[] weights = new double[window.length];
          for (int i = 0; i < window.length; i++) {
            vectors[i] = Arrays.copyOfRange(all, window[i] * hidden, (window[i] + 1) * hidden);
            weights[i] = input.attention()[window[i]];
          }
          int count = (int) Math.round(1.4 * target.of(modality) * window.length);
          int[] expected =
              Arrays.stream(DiverseTokens.choose(vectors, weights, count))
                  .map(i -> window[i])
                  .sorted()
                  .toArray();
          int[] kept =
              Arrays.stream(first.getFirst())
                  .filter(token -> Arrays.binarySearch(window, token) >= 0)
                  .toArray();
          assertArrayEquals(expected, kept, modality + " from " + from);
        }
      }
    }
  }

  /// Half of the layers read everything, and the scheduled drops cannot make up for it.
  @Test
  void stageTwoAloneCannotGoBelowItsFirstLayers() {
    try (var model = Omni.model(ClipWorld.usual(), 6, 2);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 2);
      int[] tokens = Omni.pass(model, input, Seats.of(6).onlyInside(), Omni.retention(.1)).tokens();
      assertArrayEquals(new int[] {163, 163, 163}, Arrays.copyOf(tokens, 3));
      assertEquals(3, tokens[5]);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void everyVariantKeepsTextAndStaysInReach(long seed) {
    try (var model = Omni.model(ClipWorldTest.small(5), 6, seed);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, seed);
      var seats = Seats.of(6);
      for (var arm :
          List.of(
              seats,
              seats.onlyBefore(),
              seats.onlyInside(),
              seats.onlyDiversity(),
              seats.uniformWindows(),
              seats.fixedRatios(),
              seats.withoutRemoval())) {
        for (double retention : new double[] {.05, .3, .8, 1}) {
          var result = Omni.pass(model, input, arm, Omni.retention(retention));
          assertTrue(result.cached() >= 3, arm.name());
          assertTrue(result.flop() > 0 && result.tokens()[0] <= 33, arm.name());
        }
      }
    }
  }

  /// What the encoders' attention says adds up to 1 over a window of a modality.
  @Test
  void theEncodersAttentionIsShared() {
    try (var model = Omni.model(ClipWorldTest.small(4), 6, 3);
        var _ = Torch.newScope()) {
      var input = Omni.input(model, 3);
      var layout = model.world().layout(1);
      for (var modality : List.of(Modality.VIDEO, Modality.AUDIO)) {
        for (int window = 0; window < 4; window++) {
          double sum =
              Arrays.stream(layout.of(modality, window, window + 1))
                  .mapToDouble(token -> input.attention()[token])
                  .sum();
          assertEquals(1, sum, 1e-5);
        }
      }
      assertEquals(0, input.attention()[0]);
    }
  }
}
