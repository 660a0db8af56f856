package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kv.VectorErrors.Mean;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

class TurboQuantTest {

  private static final int D = 128;

  /// Channels where each vector takes their square of multiplications.
  private static final int FEW = 64;

  /// The figures are the distortion of the optimal quantisers of a normal number, rounded. Vectors
  /// from a rotation drawn from all are isotropic; signs and the Walsh-Hadamard transform do as
  /// well for vectors that are far from that.
  @ParameterizedTest
  @CsvSource({"1, 0.3634, 0.36", "2, 0.1175, 0.117", "3, 0.03454, 0.033", "4, 0.009497, 0.009"})
  void errorOfUnitVectors(int bits, double optimum, double figure) {
    var format = Kv.turboQuant(bits).layer(0, Texts.config(1, 1, 1, D));
    for (long seed = 0; seed < 3; seed++) {
      float[] isotropic = Texts.gaussian(new Random(seed), 3000 * D);
      var error = VectorErrors.of(isotropic, D, format.keyBasis(), format.keys());
      // The radius that fits best takes about one of the 128 degrees of freedom.
      double margin = 4.5 * error.error() + 2 * optimum / D + 0.01 * optimum;
      assertEquals(optimum, error.value(), margin, "seed " + seed);
      assertEquals(figure, error.value(), 0.06 * figure, "seed " + seed);
      float[] skewed = VectorErrors.skewed(new Random(seed), 3000, D);
      var rotated = VectorErrors.of(skewed, D, format.keyBasis(), format.keys());
      assertTrue(rotated.value() < optimum + 4.5 * rotated.error(), "seed " + seed);
      var unrotated = VectorErrors.of(skewed, D, Basis.identity(), format.keys());
      assertTrue(unrotated.value() > 1.2 * rotated.value(), "what the rotation is for");
    }
  }

  /// Inner products of rebuilt vectors with the vectors themselves: the MSE form is too short by
  /// its error, the inner-product form is not.
  @ParameterizedTest
  @CsvSource({"2, 0.8825", "3, 0.96546", "4, 0.990503"})
  void theInnerProductFormIsUnbiasedAndTheOtherIsNot(int bits, double slope) {
    var mse = slopes(bits, false);
    assertEquals(slope, mse.value(), 4.5 * mse.error() + 2 * (1 - slope) / FEW);
    assertTrue(mse.value() + 4.5 * mse.error() < 1, "biased low");
    var unbiased = slopes(bits, true);
    // Norms are rounded to half precision, one part in 2^11.
    assertEquals(1, unbiased.value(), 4.5 * unbiased.error() + Math.scalb(1, -11));
    assertTrue(4.5 * unbiased.error() < 0.5 * (1 - slope), "sharp enough to see the other's bias");
  }

  /// `<x, x'> / <x, x>`, a sample for each seed: vectors of one seed share a projection.
  private static Mean slopes(int bits, boolean unbiased) {
    double[] slopes = new double[40];
    for (int seed = 0; seed < slopes.length; seed++) {
      var codec = Kv.turboQuant(bits).seed(seed);
      codec = unbiased ? codec.unbiased() : codec;
      var format = codec.layer(0, Texts.config(1, 1, 1, FEW));
      float[] vectors = Texts.gaussian(new Random(seed), 40 * FEW);
      float[] rebuilt = VectorErrors.rebuilt(vectors, FEW, format.keyBasis(), format.keys());
      for (int i = 0; i < vectors.length; i += FEW) {
        slopes[seed] += dot(vectors, i, rebuilt, i) / dot(vectors, i, vectors, i) / 40;
      }
    }
    return Mean.of(slopes);
  }

  /// `d * E <q, x - x'>^2` over unit vectors that have nothing to do with each other.
  @ParameterizedTest
  @CsvSource({"2, 0.54", "3, 0.19", "4, 0.05"})
  void varianceOfTheInnerProductForm(int bits, double figure) {
    double[] squares = new double[40];
    for (int seed = 0; seed < squares.length; seed++) {
      var random = new Random(seed);
      var format = Kv.turboQuant(bits).seed(seed).unbiased().layer(0, Texts.config(1, 1, 1, FEW));
      float[] vectors = Texts.gaussian(random, 50 * FEW);
      float[] queries = Texts.gaussian(random, 50 * FEW);
      float[] rebuilt = VectorErrors.rebuilt(vectors, FEW, format.keyBasis(), format.keys());
      for (int i = 0; i < vectors.length; i += FEW) {
        double error = dot(queries, i, vectors, i) - dot(queries, i, rebuilt, i);
        double lengths = dot(queries, i, queries, i) * dot(vectors, i, vectors, i);
        squares[seed] += FEW * error * error / lengths / 50;
      }
    }
    var mean = Mean.of(squares);
    assertEquals(figure, mean.value(), 4.5 * mean.error() + 0.005);
    assertTrue(4.5 * mean.error() < 0.25 * figure, "sharp enough");
  }

  @Test
  void aFixedPairIsRightOnAverageOverProjections() {
    var random = new Random(4);
    float[] key = Texts.gaussian(random, 32);
    float[] query = Texts.gaussian(random, 32);
    double[] errors = new double[3000];
    var book = Kv.turboQuant(2).unbiased().keyBook();
    for (int seed = 0; seed < errors.length; seed++) {
      var format = new Coded(new QuantizedJl(32, book, seed));
      float[] rebuilt = VectorErrors.rebuilt(key, 32, Basis.identity(), format);
      errors[seed] = dot(query, 0, rebuilt, 0) - dot(query, 0, key, 0);
    }
    var mean = Mean.of(errors);
    assertEquals(0, mean.value(), 4.5 * mean.error() + 1e-2);
    assertTrue(4.5 * mean.error() < 0.5, "sharp enough: " + mean.error());
  }

  @Test
  void extremeVectorsComeBackFinite() {
    for (int bits : new int[] {2, 4}) {
      var format = Kv.turboQuant(bits).unbiased().layer(0, Texts.config(1, 1, 1, 16));
      float[] zero = new float[16];
      assertArrayEquals(zero, VectorErrors.rebuilt(zero, 16, format.keyBasis(), format.keys()), 0);
      float[] huge = new float[16];
      Arrays.fill(huge, 1e30f);
      for (float x : VectorErrors.rebuilt(huge, 16, format.keyBasis(), format.keys())) {
        assertTrue(Float.isFinite(x));
      }
    }
  }

  @Test
  void learnsNothingAndAsksForWhatItNeeds() {
    var codec = Kv.turboQuant(3);
    var prompt = Texts.prompt(Texts.config(1, 2, 1, 16), 30, new Random(1));
    assertSame(codec, codec.fit(new Calibration(List.of(prompt))));
    assertThrows(IllegalArgumentException.class, () -> Kv.turboQuant(1).unbiased());
    var odd = Texts.config(1, 2, 1, 24);
    var refusal = assertThrows(IllegalArgumentException.class, () -> codec.layer(0, odd));
    assertTrue(refusal.getMessage().contains("power of two"), refusal.getMessage());
    assertFalse(
        Arrays.equals(
            codec.layer(0, prompt.config()).keyBasis().signs(),
            codec.seed(1).layer(0, prompt.config()).keyBasis().signs()));
  }

  /// One scale for a head: four bits of it round everything but the outliers away. A rotation, or a
  /// scale for each channel, does not.
  @Test
  void int4LosesOrdinaryChannelsToOutliersAndTheOthersDoNot() {
    for (long seed = 0; seed < 3; seed++) {
      var config = Texts.config(1, 2, 1, 64);
      var prompt = Texts.prompt(config, 300, new Random(seed));
      float[] keys = prompt.layer(0).keys();
      for (int i = 0; i < keys.length; i++) {
        keys[i] *= i % 64 % 32 == 3 ? 12 : 1;
      }
      double int4 = ordinaryError(Kv.int4(), prompt);
      double turbo = ordinaryError(Kv.turboQuant(4), prompt);
      double kvQuant = ordinaryError(Kv.kvQuant(4).unweighted(), prompt);
      assertTrue(int4 > 0.25, "seed " + seed + ": " + int4);
      assertTrue(turbo < int4 / 4, "seed " + seed + ": " + turbo);
      assertTrue(kvQuant < int4 / 20, "seed " + seed + ": " + kvQuant);
    }
  }

  /// Error of the keys that are no outliers, before RoPE, as a share of their power.
  private static double ordinaryError(Codec codec, Prompt prompt) {
    var config = prompt.config();
    var fitted = codec.fit(new Calibration(List.of(prompt)));
    var format = fitted.layer(0, config);
    float[] exact =
        Rows.of(prompt, 0, LayerFormat.plain(format.keys(), format.values()).beforeRope()).keys();
    var rope = Rope.of(config);
    double error = 0;
    double power = 0;
    try (var cache = fitted.policy().cache(prompt, Budget.fraction(1))) {
      int head = 0;
      for (Lane lane : cache.lanes(0)) {
        int width = config.kvHeads() / cache.lanes(0).size() * 64;
        for (Block block : lane.store().blocks()) {
          float[] key = new float[width];
          for (int slot = 0; slot < block.tokens(); slot++) {
            block.keys().read(slot, key, 0);
            format.keyBasis().undo(key, 0, width);
            for (int c = 0; format.turned() && c < width; c += 64) {
              rope.rotate(key, c, -block.position(slot));
            }
            for (int c = 0; c < width; c++) {
              double x = exact[block.position(slot) * 128 + head * 64 + c];
              error += c % 32 == 3 ? 0 : (x - key[c]) * (x - key[c]);
              power += c % 32 == 3 ? 0 : x * x;
            }
          }
        }
        head++;
      }
    }
    return error / power;
  }

  private static double dot(float[] x, int i, float[] y, int j) {
    double dot = 0;
    for (int c = 0; c < Math.min(FEW, x.length); c++) {
      dot += (double) x[i + c] * y[j + c];
    }
    return dot;
  }
}
