package org.recollect.papers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recollect.papers.Expectation.Better;
import org.recollect.papers.Expectation.Within;

class ExpectationTest {

  @Test
  void describesItselfInWords() {
    assertEquals("recall: a better than b", new Better("recall", "a", "b", 0, Map.of()).describe());
    assertEquals(
        "recall: a better by more than 0.25 than b, where bits = 2, length = long",
        new Better("recall", "a", "b", 0.25, Map.of("length", "long", "bits", "2")).describe());
    assertEquals(
        "recall: a at most 3 worse than b",
        new Better("recall", "a", "b", -3, Map.of()).describe());
    assertEquals("loss: a within 0.3", new Within("loss", "a", 0.3, Map.of()).describe());
  }

  @Test
  void settingsAreKeptInOrderOfTheirNamesAndCannotChangeLater() {
    var settings = new HashMap<String, String>();
    List.of("zeta", "alpha", "mu", "beta").forEach(name -> settings.put(name, "x"));
    var expectation = new Within("loss", "a", 1, settings);
    settings.clear();
    assertEquals(List.of("alpha", "beta", "mu", "zeta"), List.copyOf(expectation.where().keySet()));
    assertThrows(UnsupportedOperationException.class, () -> expectation.where().put("gamma", "x"));
  }

  @Test
  void refusesWhatCannotBeEvaluated() {
    List<Runnable> bad =
        List.of(
            () -> new Better("", "a", "b", 0, Map.of()),
            () -> new Better("loss", " ", "b", 0, Map.of()),
            () -> new Better("loss", "a", "", 0, Map.of()),
            () -> new Better("loss", "a", "a", 0, Map.of()),
            () -> new Better("loss", "a", "b", Double.NaN, Map.of()),
            () -> new Within("loss", "a", Double.POSITIVE_INFINITY, Map.of()),
            () -> new Within("loss", "a", 1, Map.of("bits", "")));
    for (Runnable construction : bad) {
      assertThrows(IllegalArgumentException.class, construction::run);
    }
  }
}
