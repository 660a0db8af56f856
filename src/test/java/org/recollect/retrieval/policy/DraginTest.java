package org.recollect.retrieval.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.recollect.retrieval.Draft;
import org.recollect.retrieval.DraftAttention;

/// Two tokens of a question, three of an answer and the end.
class DraginTest {
  private static final DraftAttention ATTENTION =
      new DraftAttention(
          List.of("Whose", " mayor", " The", " Ada", " Vane", "<end>"),
          2,
          new double[][] {
            {1, 0, 0, 0, 0, 0},
            {.5, .5, 0, 0, 0, 0},
            {.2, .3, .5, 0, 0, 0},
            {.1, .4, .3, .2, 0, 0},
            {.2, .2, .1, .2, .3, 0},
            {.1, .1, .1, .1, .4, .2},
          });

  private static Draft draft(double... entropies) {
    return new Draft(
        "The Ada Vane", List.of(" The", " Ada", " Vane"), new double[entropies.length], entropies);
  }

  /// Later tokens attend .3, .2 and .4 to the answer's; their mean is .3.
  @Test
  void needIsEntropyTimesRelativeAttention() {
    var dragin = Dragin.released();
    assertEquals(OptionalInt.of(3), dragin.trigger(draft(0, 1.51, 0, 0), ATTENTION));
    assertEquals(OptionalInt.empty(), dragin.trigger(draft(0, 1.49, 0, 0), ATTENTION));
    assertEquals(OptionalInt.of(4), dragin.trigger(draft(0, 0, 0.76, 0), ATTENTION));
    assertEquals(OptionalInt.empty(), dragin.trigger(draft(0, 0, 0.74, 0), ATTENTION));
    assertEquals(OptionalInt.of(3), dragin.trigger(draft(0, 9, 9, 9), ATTENTION));
  }

  @Test
  void stopWordsNeedNothing() {
    assertEquals(OptionalInt.empty(), Dragin.released().trigger(draft(100, 0, 0, 0), ATTENTION));
  }

  @Test
  void asksForWhatTheTriggerAttendsToInTheOrderOfTheText() {
    assertEquals("mayor The", Dragin.released().keeping(2).query(ATTENTION, 3));
    assertEquals("Whose mayor The", Dragin.released().query(ATTENTION, 3));
    assertEquals("Whose mayor Ada", Dragin.released().keeping(3).query(ATTENTION, 4));
  }

  @Test
  void refusesThresholdsAndQueriesOfNothing() {
    assertThrows(IllegalArgumentException.class, () -> Dragin.released().over(-1));
    assertThrows(IllegalArgumentException.class, () -> Dragin.released().keeping(0));
  }
}
