package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// Both methods of the name.
class PolarQuantTest {

  @Test
  void threeAndSevenEighthsBitsAndAnErrorOf032() {
    var format = Kv.polarQuant().layer(0, Texts.config(1, 1, 1, 128));
    assertEquals(3.875, 8. * format.keys().bytes(1, 128) / 128);
    for (long seed = 0; seed < 3; seed++) {
      float[] vectors = VectorErrors.skewed(new Random(seed), 3000, 128);
      var error = VectorErrors.of(vectors, 128, format.keyBasis(), format.keys());
      assertEquals(0.032, error.value(), 4.5 * error.error() + 0.0005, "seed " + seed);
      assertTrue(error.error() < 1e-4);
    }
  }

  @Test
  void bitsOfEachLevelWorkedByHand() {
    // Eight channels: a radius, four angles of 3 bits, two of 2 and one of 1.
    var books = List.of(CodeBook.gaussian(1, 3), CodeBook.gaussian(1, 2), CodeBook.gaussian(1, 1));
    assertEquals(16 + 12 + 4 + 1, new RecursivePolar(8, books).bits());
    assertEquals(2 * 33, new RecursivePolar(16, books).bits());
    assertThrows(IllegalArgumentException.class, () -> new RecursivePolar(12, books));
  }

  @Test
  void oneBlockWorkedByHand() {
    var half = (float) (Math.PI / 2);
    var first = CodeBook.of(1, 2, new float[] {0, half, 2 * half, 3 * half});
    var second = CodeBook.of(1, 1, new float[] {(float) Math.atan2(4, 3), half});
    var format = new Coded(new RecursivePolar(4, List.of(first, second)));
    // (0, -3) and (-4, 0): radii 3 and 4, straight down and straight left; together 5.
    float[] vector = {0, -3, -4, 0};
    assertArrayEquals(vector, VectorErrors.rebuilt(vector, 4, Basis.identity(), format), 1e-5f);
    float[] zero = new float[4];
    assertArrayEquals(zero, VectorErrors.rebuilt(zero, 4, Basis.identity(), format));
  }

  /// Polar coordinates lose nothing: with fine angles only the radius' half precision is left.
  @Test
  void theTransformIsExact() {
    for (int channels : new int[] {2, 4, 16, 64}) {
      var format = PolarQuant.angles(8, 8, 8, 8).layer(0, Texts.config(1, 1, 1, channels));
      var random = new Random(channels);
      float[] vectors = Texts.gaussian(random, 500 * channels);
      var error = VectorErrors.of(vectors, channels, format.keyBasis(), format.keys());
      // Angles are off by a twelfth of the square of a step of 2 pi / 256 or, above, less.
      assertTrue(error.value() < 2 * Math.pow(2 * Math.PI / 256, 2) / 12, channels + " channels");
    }
  }

  @Test
  void fittedAnglesLoseLessOnWhatTheyWereFittedTo() {
    for (long seed = 0; seed < 4; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1, 2, 1, 16);
      var prompt = Texts.prompt(config, 200, random);
      // One large channel: a rotation leaves all of one size, and angles far from usual.
      for (int i = 0; i < prompt.layer(0).keys().length; i++) {
        prompt.layer(0).keys()[i] *= i % 16 == 5 ? 30 : 0.3f;
        prompt.layer(0).values()[i] = prompt.layer(0).keys()[i];
      }
      var plain = Kv.polarQuant();
      var fitted = plain.fit(new Calibration(List.of(prompt)));
      assertTrue(valueError(fitted, prompt) < 0.7 * valueError(plain, prompt), "seed " + seed);
      assertEquals(fitted, plain.fit(new Calibration(List.of(prompt))), "deterministic");
    }
  }

  private static double valueError(PolarQuant codec, Prompt prompt) {
    var format = codec.layer(0, prompt.config());
    float[] values = prompt.layer(0).values();
    return VectorErrors.of(values, 16, format.valueBasis(), format.values()).value();
  }

  /// Pairs whose radius never changes lose only what their angle does, however large they are:
  /// uniform angles within `pi/2^bits` of a point, met by the length that fits best, lose `1 -
  /// sinc^2(pi/2^bits)`.
  @Test
  void pairsOfConstantRadiusLoseOnlyTheirAngle() {
    for (int bits = 2; bits <= 4; bits++) {
      var random = new Random(bits);
      var config = Texts.config(1, 1, 1, 32);
      var prompt = Texts.prompt(config, 400, random);
      float[] keys = prompt.layer(0).keys();
      for (int i = 0; i < keys.length; i += 32) {
        for (int pair = 0; pair < 16; pair++) {
          double angle = 2 * Math.PI * random.nextDouble();
          double radius = pair == 3 ? 20 : 1 + 0.1 * pair;
          keys[i + pair] = (float) (radius * Math.cos(angle));
          keys[i + pair + 16] = (float) (radius * Math.sin(angle));
        }
      }
      var codec = Kv.polarPairs(bits).fit(new Calibration(List.of(prompt)));
      var format = codec.layer(0, config);
      var error = VectorErrors.of(keys, 32, format.keyBasis(), format.keys());
      double sinc = Math.sin(Math.PI / (1 << bits)) / (Math.PI / (1 << bits));
      double expected = 1 - sinc * sinc;
      // One large pair has most of the length, so that angles are averaged over few.
      assertEquals(expected, error.value(), 4.5 * error.error() + 0.15 * expected, bits + " bits");
      assertTrue(error.error() < 0.06 * expected);
    }
  }

  /// An outlier pair goes to its own range of radii; a group of channels of a grid does not.
  @Test
  void pairsBearOutliersThatGridsDoNot() {
    var random = new Random(8);
    var config = Texts.config(1, 2, 1, 32);
    var prompt = Texts.prompt(config, 300, random);
    float[] keys = prompt.layer(0).keys();
    for (int i = 0; i < keys.length; i += 32) {
      double angle = 2 * Math.PI * random.nextDouble();
      keys[i + 7] = (float) (40 * Math.cos(angle));
      keys[i + 23] = (float) (40 * Math.sin(angle));
    }
    var calibration = new Calibration(List.of(prompt));
    assertTrue(
        ordinaryError(Kv.polarPairs(4).fit(calibration), keys, config)
            < 0.5 * ordinaryError(Kv.rtn(4).fit(calibration), keys, config));
  }

  /// Error of all channels but the outliers.
  private static double ordinaryError(Codec codec, float[] keys, ModelConfig config) {
    var format = codec.layer(0, config);
    float[] rebuilt = VectorErrors.rebuilt(keys, 32, format.keyBasis(), format.keys());
    double error = 0;
    for (int i = 0; i < keys.length; i++) {
      error += i % 32 % 16 == 7 ? 0 : Math.pow(keys[i] - rebuilt[i], 2);
    }
    return error;
  }

  @Test
  void asksForCalibrationAndForBitsThatFit() {
    var config = Texts.config(1, 2, 1, 32);
    var unfitted =
        assertThrows(IllegalStateException.class, () -> Kv.polarPairs(3).layer(0, config));
    assertTrue(unfitted.getMessage().contains("fit("), unfitted.getMessage());
    assertThrows(IllegalArgumentException.class, () -> Kv.polarPairs(5));
    assertThrows(IllegalArgumentException.class, () -> PolarQuant.angles());
    assertEquals(Arrays.asList(4, 2, 2, 2), Kv.polarQuant().angleBits());
  }
}
