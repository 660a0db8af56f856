package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class MarkingTest {

  @Test
  void articlesCaseAndMarksDoNotCount() {
    assertTrue(Marking.exact("the  Copper Acorn Prize.", List.of("Copper acorn prize")));
    assertFalse(Marking.exact("Copper Prize", List.of("Copper Acorn Prize")));
    assertFalse(Marking.exact("", List.of("the")), "an empty answer is never right");
  }

  @Test
  void containedIsWholeWords() {
    assertTrue(Marking.contains("It is Elmham, I think", List.of("Elmham")));
    assertFalse(Marking.contains("Elmhamford", List.of("Elmham")));
  }

  /// Two of three words shared with an answer of two: precision 2/3, recall 1.
  @Test
  void f1OfSharedWords() {
    assertEquals(0.8, Marking.f1("old Ada Vane", List.of("Ada Vane")), 1e-12);
    assertEquals(1, Marking.f1("Ada Vane", List.of("nobody", "Ada Vane")), 1e-12);
    assertEquals(0, Marking.f1("", List.of("Ada Vane")), 1e-12);
    assertEquals(2.0 / 3, Marking.f1("Ada Ada", List.of("Ada")), 1e-12);
  }
}
