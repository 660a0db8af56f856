package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class InterpolationTest {

  @Test
  void mixesProbabilities() {
    var random = RandomStream.of(1, "mix");
    for (int i = 0; i < 500; i++) {
      double model = random.nextDouble();
      double memory = random.nextDouble();
      double lambda = random.nextDouble();
      assertEquals(
          Math.log((1 - lambda) * model + lambda * memory),
          Interpolation.mix(Math.log(model), Math.log(memory), lambda),
          1e-12);
    }
  }

  @Test
  void withoutAShareTheModelIsLeftToTheLastBit() {
    assertEquals(-1.2345678901234567, Interpolation.mix(-1.2345678901234567, -0.1, 0));
    assertEquals(-0.1, Interpolation.mix(-3, -0.1, 1));
  }

  @Test
  void whatTheMemoryExcludesKeepsTheModelsPart() {
    double impossible = Double.NEGATIVE_INFINITY;
    assertEquals(Math.log(0.75 * 0.5), Interpolation.mix(Math.log(0.5), impossible, 0.25), 1e-12);
    assertEquals(impossible, Interpolation.mix(impossible, impossible, 0.25));
  }

  /// Two tokens, each of probability 0.9 to one side and 0.1 to the other: equal parts are best.
  @Test
  void findsTheBestShare() {
    double[][] one = {{Math.log(0.9), Math.log(0.1)}};
    double[][] other = {{Math.log(0.1), Math.log(0.9)}};
    var best = Interpolation.best(one, other);
    assertEquals(0.5, best.lambda(), 1e-12);
    assertEquals(-Math.log(0.5), best.loss(), 1e-12);
    assertEquals(0, Interpolation.best(one, one).lambda());
  }

  @Test
  void refusesWhatIsNoShare() {
    assertThrows(IllegalArgumentException.class, () -> Interpolation.mix(-1, -1, 1.5));
    assertThrows(IllegalArgumentException.class, () -> Interpolation.mix(-1, -1, Double.NaN));
  }
}
