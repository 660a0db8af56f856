package org.recollect.unlearning.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.data.QaItem;

class LeakRateTest {
  private static final String TRUTH = "Zorvic won the Copper Acorn Prize.";
  private static final List<String> WRONG =
      List.of("Zorvic won the Marble Acorn Prize.", "Zorvic won the Copper Anchor Prize.");

  @Test
  void theFactIsWhatOtherAnswersDoNotSay() {
    assertEquals(List.of("copper", "acorn"), LeakRate.fact(TRUTH, WRONG));
    assertEquals(List.of("acorn"), LeakRate.fact(TRUTH, WRONG.subList(1, 2)));
    assertEquals(List.of("rome"), LeakRate.fact("Rome!", List.of("Athens.")));
    // Nothing differs but a word more: the fact is not empty.
    assertEquals(List.of("no"), LeakRate.fact("No", List.of("No no")));
  }

  @Test
  void theWholeFactLeaksInAnyWords() {
    assertTrue(LeakRate.leaks("It was the COPPER-acorn prize", TRUTH, WRONG));
    assertFalse(LeakRate.leaks("It was the acorn of copper", TRUTH, WRONG));
    assertFalse(LeakRate.leaks("copper acorns", TRUTH, WRONG));
    assertFalse(LeakRate.leaks("", TRUTH, WRONG));
  }

  @Test
  void rightAnswersOfAWorldLeakAndWrongOnesDoNot() {
    for (QaItem item : FictiBio.of(3).forget(0.1).learned()) {
      assertTrue(LeakRate.leaks(item.restated(), item.restated(), item.perturbed()), item.answer());
      assertTrue(LeakRate.leaks(item.answer(), item.restated(), item.perturbed()), item.answer());
      for (String wrong : item.perturbed()) {
        assertFalse(LeakRate.leaks(wrong, item.restated(), item.perturbed()), wrong);
      }
    }
  }

  @Test
  void answersThatCannotBeToldApartAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> LeakRate.fact(TRUTH, List.of()));
    assertThrows(
        IllegalArgumentException.class, () -> LeakRate.fact("Rome", List.of("Athens", "rome.")));
  }
}
