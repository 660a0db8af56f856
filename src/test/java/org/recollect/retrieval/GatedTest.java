package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.retrieval.Gated.Case;
import org.recollect.retrieval.policy.RandomGate;

class GatedTest {
  private static final Case KNOWN = new Case(0.1, true, false);
  private static final Case EITHER = new Case(0.4, true, true);
  private static final Case LOOKED_UP = new Case(0.8, false, true);

  /// Between what memory alone has right and what search alone has right; of the two places that
  /// are as good, the one that searches less.
  @Test
  void mostAccurateSplitsWhatIsKnownFromWhatIsNot() {
    assertEquals(0.6, Gated.mostAccurate(List.of(LOOKED_UP, KNOWN, EITHER)), 1e-12);
  }

  @Test
  void searchesForNothingWhereThatIsAsGood() {
    assertEquals(Double.POSITIVE_INFINITY, Gated.mostAccurate(List.of(KNOWN, EITHER)));
    assertEquals(Double.POSITIVE_INFINITY, Gated.mostAccurate(List.of()));
  }

  @Test
  void searchesForAllWhereMemoryIsNeverRight() {
    var others = List.of(LOOKED_UP, new Case(-3, false, true));
    assertEquals(Double.NEGATIVE_INFINITY, Gated.mostAccurate(others));
  }

  /// A need that tells nothing is all or nothing.
  @Test
  void equalNeedsAreNotTornApart() {
    var same =
        List.of(new Case(1, true, false), new Case(1, false, true), new Case(1, false, true));
    assertEquals(Double.NEGATIVE_INFINITY, Gated.mostAccurate(same));
  }

  @Test
  void rateIsTheShareThatReachesTheThreshold() {
    var cases = List.of(KNOWN, EITHER, LOOKED_UP, new Case(0.9, false, false));
    assertEquals(0.8, Gated.threshold(cases, 0.5));
    assertEquals(0.1, Gated.threshold(cases, 1));
    assertEquals(Double.POSITIVE_INFINITY, Gated.threshold(cases, 0));
    assertThrows(IllegalArgumentException.class, () -> Gated.by(new RandomGate()).atRate(1.5));
  }
}
