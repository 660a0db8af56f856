package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OmniLessonsTest {

  private static final OmniLessons BRIEF =
      new OmniLessons(ClipWorldTest.small(2), 16, 2, 300, 8, 1e-2, 1);

  @TempDir Path folder;

  /// Of 7 questions 2 have 5 answers, 3 have 3 and 2 have 3; all equally likely, chance is 1.2
  /// nats.
  @Test
  void lossFallsAndWhatIsLearnedIsKept() {
    var log = new ArrayList<String>();
    try (var learned = BRIEF.learned(folder, log::add);
        var kept = BRIEF.learned(folder, log::add)) {
      assertEquals(6, log.size(), log.toString());
      assertEquals(log.subList(0, 3), log.subList(3, 6));
      assertTrue(log.getFirst().startsWith("step 100 of 300: loss "), log.getFirst());
      double last = Double.parseDouble(log.getLast().replaceFirst(".* ", ""));
      assertTrue(last < .55, log.toString());
      assertEquals(learned.language().weights().digest(), kept.language().weights().digest());
    }
  }

  @Test
  void oneRecipeHasOneModel() {
    var recipe = BRIEF.steps(10);
    try (var one = recipe.learned(folder.resolve("one"), line -> {});
        var other = recipe.learned(folder.resolve("other"), line -> {})) {
      assertEquals(one.language().weights().digest(), other.language().weights().digest());
    }
  }

  @Test
  void refusesAWidthWithoutHeads() {
    assertThrows(IllegalArgumentException.class, () -> BRIEF.shape(40, 2));
    assertThrows(IllegalArgumentException.class, () -> BRIEF.steps(3));
  }
}
