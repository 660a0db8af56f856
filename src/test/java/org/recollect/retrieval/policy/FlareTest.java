package org.recollect.retrieval.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.retrieval.Draft;

class FlareTest {
  private static final Draft DRAFT =
      new Draft(
          "Ada Vane of Elmham",
          List.of(" Ada", " Vane", " of", " Elmham"),
          new double[] {0.9, 0.39, 0.4, 0.1, 1},
          new double[5]);

  @Test
  void masksWhatTheModelIsUnsureOf() {
    assertEquals("Ada of", Flare.released().masked(DRAFT));
    assertEquals("Ada Vane of Elmham", new Flare(0.8, 0).masked(DRAFT));
    assertEquals("", new Flare(0.8, 1).masked(DRAFT));
  }

  @Test
  void nothingIsLeftOfNothing() {
    var nothing = new Draft("", List.of(), new double[] {0.2}, new double[1]);
    assertEquals("", Flare.released().masked(nothing));
  }

  @Test
  void thresholdsAreProbabilities() {
    assertThrows(IllegalArgumentException.class, () -> new Flare(1.1, 0.4));
    assertThrows(IllegalArgumentException.class, () -> new Flare(0.8, Double.NaN));
  }
}
