package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class PrototypesTest {
  private static final Prototypes THREE =
      Prototypes.of(new float[][] {{1, 3}, {5, 0}, {3, 5}}, new int[] {0, 2, 0}, 4);

  private static float[] divergence(Prototypes prototypes, float[][] vectors, int... labels) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var all = new float[vectors.length * vectors[0].length];
      for (int i = 0; i < all.length; i++) {
        all[i] = vectors[i / vectors[0].length][i % vectors[0].length];
      }
      var given = Memory.ofFloats(manager, all, vectors.length, vectors[0].length);
      return Memory.toFloats(prototypes.divergence(given, labels));
    }
  }

  @Test
  void aPrototypeIsTheMeanOfItsClass() {
    assertArrayEquals(new float[] {2, 4}, THREE.means()[0]);
    assertArrayEquals(new float[] {5, 0}, THREE.means()[2]);
    assertTrue(THREE.has(0));
    assertFalse(THREE.has(1));
    assertFalse(THREE.has(4));
  }

  @Test
  void nothingDivergesFromItself() {
    var random = RandomStream.of(3, "prototypes");
    float[][] vectors = new float[5][];
    for (int i = 0; i < 5; i++) {
      vectors[i] = random.gaussians(7);
    }
    var prototypes = Prototypes.of(vectors, new int[] {0, 1, 2, 3, 4}, 5);
    assertArrayEquals(new float[5], divergence(prototypes, vectors, 0, 1, 2, 3, 4), 1e-6f);
    for (float value : divergence(prototypes, vectors, 1, 2, 3, 4, 0)) {
      assertTrue(value > 0, "seed 3: " + value);
    }
  }

  /// Logits (ln 3, 0) are probabilities (3/4, 1/4): against (1/2, 1/2) that is 3/4 ln(3/2) + 1/4
  /// ln(1/2).
  @Test
  void divergenceByHand() {
    var one = Prototypes.of(new float[][] {{(float) Math.log(3), 0}}, new int[] {0}, 1);
    double expected = .75 * Math.log(1.5) + .25 * Math.log(.5);
    assertEquals(expected, divergence(one, new float[][] {{8, 8}}, 0)[0], 1e-6);
  }

  @Test
  void thePrototypeIsWhereTheGradientVanishes() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      for (float shift : new float[] {0, 1}) {
        var vector = Memory.ofFloats(manager, new float[] {2 + shift, 4}, 1, 2);
        vector.setRequiresGradient(true);
        try (var tape = Torch.gradients()) {
          tape.backward(THREE.divergence(vector, 0).sum());
        }
        float[] gradient = Memory.toFloats(vector.getGradient());
        double length = Math.hypot(gradient[0], gradient[1]);
        assertTrue(shift == 0 ? length < 1e-6 : length > .1, "shift " + shift + ": " + length);
      }
    }
  }

  @Test
  void aClassWithoutExamplesHasNoPrototype() {
    var unknown =
        assertThrows(
            IllegalArgumentException.class, () -> divergence(THREE, new float[][] {{1, 2}}, 1));
    assertTrue(unknown.getMessage().contains("[0, 2]"), unknown.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> Prototypes.of(new float[0][], new int[0], 2));
  }
}
