package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kv.DenseAndSparse.Ranges;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

class KvQuantTest {

  private static final CodeBook FOUR = CodeBook.of(1, 2, new float[] {-1, -0.25f, 0.25f, 1});

  @Test
  void keysWorkedByHand() {
    var ranges = new Ranges(new float[] {0, 10, 0, 0}, new float[] {4, 2, 1, 0});
    var code = new DenseAndSparse(4, 1, FOUR, ranges);
    assertEquals(16 + 2 + 4 * 2, code.bits());
    // z is 2, -.5, 3 and nothing: the third goes into the slot, the first is clipped.
    assertArrayEquals(
        new float[] {4, 9.5f, 3, 0}, rebuilt(code, new float[] {8, 9, 3, 7}), "surplus is clipped");
    // Nothing is out of range: the slot takes the farthest all the same.
    assertArrayEquals(
        new float[] {1, 11.5f, 0.25f, 0}, rebuilt(code, new float[] {1, 11.5f, .3f, 0}));
  }

  @Test
  void valuesWorkedByHand() {
    var code = new DenseAndSparse(4, 1, FOUR, null);
    assertEquals(32 + 16 + 2 + 4 * 2, code.bits());
    // 100 is kept; the others lie in -2 .. 6, middle 2, reach 4.
    assertArrayEquals(new float[] {-2, 100, 6, 3}, rebuilt(code, new float[] {-2, 100, 6, 2.9f}));
    assertArrayEquals(new float[] {5, 5, 5, 5}, rebuilt(code, new float[] {5, 5, 5, 5}));
    // Everything may be kept apart.
    var all = new DenseAndSparse(2, 2, FOUR, null);
    assertArrayEquals(new float[] {3, -8}, rebuilt(all, new float[] {3, -8}));
  }

  @Test
  void outliersAreTheLargestAndComeBackInHalfPrecision() {
    for (long seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      int channels = 2 + random.nextInt(60);
      int slots = random.nextInt(channels + 1);
      float[] reaches = new float[channels];
      Arrays.fill(reaches, 1);
      var ranges = new Ranges(new float[channels], reaches);
      var code = new DenseAndSparse(channels, slots, FOUR, ranges);
      float[] vector = Texts.gaussian(random, channels);
      float[] rebuilt = rebuilt(code, vector);
      float[] sorted = new float[channels];
      for (int c = 0; c < channels; c++) {
        sorted[c] = Math.abs(vector[c]);
      }
      Arrays.sort(sorted);
      for (int c = 0; c < channels; c++) {
        float size = Math.abs(vector[c]);
        if (slots > 0 && size >= sorted[channels - slots]) {
          assertEquals(vector[c], rebuilt[c], size * Math.scalb(1, -11), "seed " + seed);
        } else {
          assertTrue(Math.abs(rebuilt[c]) <= 1, "seed " + seed);
        }
      }
    }
  }

  @Test
  void theSameKeyIsStoredAlikeAtEveryPosition() {
    var config = Texts.config(1, 2, 1, 16);
    var prompt = Texts.prompt(config, 80, new Random(1));
    float[] keys = prompt.layer(0).keys();
    for (int head = 0; head < 2; head++) {
      System.arraycopy(keys, (head * 80 + 20) * 16, keys, (head * 80 + 70) * 16, 16);
    }
    var codec = Kv.kvQuant(3).unweighted().fit(new Calibration(List.of(prompt)));
    assertFalse(codec.layer(0, config).turned());
    try (var cache = codec.policy().cache(prompt, Budget.fraction(1))) {
      float[][] stored = new float[80][];
      for (Block block : cache.lanes(0).getFirst().store().blocks()) {
        for (int slot = 0; slot < block.tokens(); slot++) {
          stored[block.position(slot)] = new float[32];
          block.keys().read(slot, stored[block.position(slot)], 0);
        }
      }
      assertArrayEquals(stored[20], stored[70]);
      assertFalse(Arrays.equals(stored[20], stored[21]));
      // The first five are kept in half precision.
      for (int token = 0; token < 5; token++) {
        for (int c = 0; c < 32; c++) {
          float exact = keys[(c / 16 * 80 + token) * 16 + c % 16];
          assertEquals(exact, stored[token][c], Math.abs(exact) * Math.scalb(1, -11) + 1e-7);
        }
      }
    }
  }

  @Test
  void channelsHaveTheRangeBetweenTheirQuantiles() {
    var config = Texts.config(1, 1, 1, 8);
    var prompt = Texts.prompt(config, 405, new Random(2));
    float[] keys = prompt.layer(0).keys();
    // Channel 3 holds the numbers 0 to 399 behind the first five tokens, in some order.
    for (int i = 0; i < 400; i++) {
      keys[(5 + i) * 8 + 3] = i * 7 % 400;
    }
    var learned =
        Kv.kvQuant(2).unweighted().fit(new Calibration(List.of(prompt))).layers().getFirst();
    // Half a percent on each side are two numbers: 2 to 397.
    assertEquals(199.5, learned.middles()[3]);
    assertEquals(197.5, learned.reaches()[3]);
  }

  /// Against differences of the loss itself.
  @Test
  void sensitivitiesAreSquaredDerivatives() {
    try (var model = Models.nanoJava()) {
      var config = model.config();
      int[] tokens = new Random(3).ints(12, 0, config.vocabSize()).toArray();
      var found = FisherInformation.of(model, tokens);
      int wide = config.kvHeads() * config.headDim();
      var random = new Random(4);
      int compared = 0;
      for (int i = 0; i < 12; i++) {
        int layer = random.nextInt(config.layers());
        int number = random.nextInt(tokens.length * wide);
        for (String map : List.of("k_proj", "v_proj")) {
          float[] all = (map.equals("k_proj") ? found.keys() : found.values()).get(layer);
          double slope = slope(model, tokens, layer, map, number, 0.05f);
          double rough = Math.abs(slope - slope(model, tokens, layer, map, number, 0.1f));
          double exact = Math.sqrt(all[number]);
          assertEquals(Math.abs(slope), exact, 2 * rough + 2e-5, map + " " + number);
          compared += exact > 1e-4 ? 1 : 0;
        }
      }
      assertTrue(compared >= 6, "derivatives worth comparing: " + compared);
    }
  }

  private static double slope(
      LanguageModel model, int[] tokens, int layer, String map, int number, float step) {
    return (loss(model, tokens, layer, map, number, step)
            - loss(model, tokens, layer, map, number, -step))
        / (2 * step);
  }

  private static double loss(
      LanguageModel model, int[] tokens, int layer, String map, int number, float change) {
    try (var _ = Torch.newScope()) {
      var manager = model.weights().get("model.norm.weight").getManager();
      int wide = model.config().kvHeads() * model.config().headDim();
      float[] changes = new float[tokens.length * wide];
      changes[number] = change;
      NDArray changed = Memory.ofFloats(manager, changes, 1, tokens.length, wide);
      var other =
          model.adapt(
              "model.layers.%d.self_attn.%s".formatted(layer, map),
              (_, output) -> output.add(changed));
      var logits = other.forward(Memory.ofInts(manager, tokens, 1, tokens.length));
      float[] chances = Memory.toFloats(Ops.logSoftmax(logits.reshape(tokens.length, -1)));
      double loss = 0;
      for (int i = 0; i + 1 < tokens.length; i++) {
        loss -= chances[i * model.config().vocabSize() + tokens[i + 1]];
      }
      return loss / (tokens.length - 1);
    }
  }

  /// Weights are there to lower the weighted error: they do on the text they come from.
  @Test
  void weightedPointsLowerTheWeightedError() {
    try (var model = Models.nanoJava()) {
      int[] tokens = new Random(5).ints(120, 0, model.config().vocabSize()).toArray();
      var calibration = Calibration.of(model, List.of(tokens));
      var weights = calibration.fisherInformation().getFirst();
      double with = 0;
      double without = 0;
      for (int layer = 0; layer < model.config().layers(); layer++) {
        with += weightedError(Kv.kvQuant(2).withoutOutliers(), calibration, weights, layer);
        without +=
            weightedError(
                Kv.kvQuant(2).withoutOutliers().unweighted(), calibration, weights, layer);
      }
      assertTrue(with < without, with + " against " + without);
    }
  }

  private static double weightedError(
      KvQuant codec, Calibration calibration, FisherInformation weights, int layer) {
    var config = calibration.config();
    int wide = config.kvHeads() * config.headDim();
    var format = codec.fit(calibration).layer(layer, config);
    float[] keys = Rows.of(calibration.prompts().getFirst(), layer, format).keys();
    float[] rebuilt = VectorErrors.rebuilt(keys, wide, Basis.identity(), format.keys());
    double error = 0;
    for (int i = 5 * wide; i < keys.length; i++) {
      error += weights.keys().get(layer)[i] * Math.pow(keys[i] - rebuilt[i], 2);
    }
    return error;
  }

  @Test
  void qNormKeepsTheSpreadThatRoundingLoses() {
    var random = new Random(6);
    float[] rows = Texts.gaussian(random, 64 * 200);
    var plain = points(rows, false);
    var normed = points(rows, true);
    double exact = 0;
    double[] coded = new double[2];
    float[] z = new float[1];
    var code = new DenseAndSparse(64, 0, null, null);
    for (int row = 0; row < rows.length; row += 64) {
      float[] vector = Arrays.copyOfRange(rows, row, row + 64);
      var ranges = code.measured(vector, new boolean[64]);
      for (int c = 0; c < 64; c++) {
        z[0] = ranges.normal(vector[c], c);
        exact += z[0] * z[0];
        coded[0] += Math.pow(plain.number(0, plain.nearest(0, z, 0, 1), 0), 2);
        coded[1] += Math.pow(normed.number(0, normed.nearest(0, z, 0, 1), 0), 2);
      }
    }
    // Means of cells have less spread than what is in the cells.
    assertTrue(coded[0] < 0.92 * exact);
    assertTrue(Math.abs(coded[1] - exact) < 0.8 * Math.abs(coded[0] - exact));
  }

  private static CodeBook points(float[] rows, boolean normed) {
    var points = new Points(2, normed);
    points.add(rows, null, 0, 64, null, 0);
    return points.book();
  }

  @Test
  void asksForCalibrationAndForAModelThatHasGradients() {
    var config = Texts.config(1, 2, 1, 16);
    var calibration = new Calibration(List.of(Texts.prompt(config, 40, new Random(1))));
    var unfitted = assertThrows(IllegalStateException.class, () -> Kv.kvQuant(2).layer(0, config));
    assertTrue(unfitted.getMessage().contains("fit("), unfitted.getMessage());
    var blind = assertThrows(IllegalStateException.class, () -> Kv.kvQuant(2).fit(calibration));
    assertTrue(blind.getMessage().contains("unweighted()"), blind.getMessage());
    var tiny = new Calibration(List.of(Texts.prompt(config, 5, new Random(1))));
    assertThrows(IllegalArgumentException.class, () -> Kv.kvQuant(2).unweighted().fit(tiny));
    assertThrows(IllegalArgumentException.class, () -> Kv.kvQuant(9));
    assertThrows(IllegalArgumentException.class, () -> Kv.kvQuant(2).outliers(1));
  }

  private static float[] rebuilt(DenseAndSparse code, float[] vector) {
    return VectorErrors.rebuilt(vector, vector.length, Basis.identity(), new Coded(code));
  }
}
