package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;

class FactProbeTest {

  private static final List<String> PLACES = List.of("north", "south", "east", "west");

  /// Somebody who lives in one of four places, drawn at random.
  private static QaItem item(int person) {
    var places = RandomStream.of(1, "place", person).shuffle(PLACES);
    String answer = "P%d lives in the %s.";
    return new QaItem(
        "P" + person,
        "Where does P%d live?".formatted(person),
        answer.formatted(person, places.getFirst()),
        List.of(),
        places.subList(1, 4).stream().map(place -> answer.formatted(person, place)).toList());
  }

  private static final List<QaItem> ITEMS = IntStream.range(0, 80).mapToObj(i -> item(i)).toList();
  private static final ForgetSplit WORLD =
      new ForgetSplit(
          "places", ITEMS.subList(0, 24), ITEMS.subList(24, 80), List.of(), new LinkedHashMap<>());

  private static LanguageModel taught(List<QaItem> items) {
    return Learner.blank(32, 2).taughtBy(new Memorising(80, 8, 1e-2)).taught(WORLD, items, 1);
  }

  @Test
  void itReadsWhatAModelWasTold() {
    try (var full = taught(WORLD.learned());
        var oracle = taught(WORLD.kept())) {
      double known = FactProbe.accuracy(full, WORLD.retain(), WORLD.forget());
      double unknown = FactProbe.accuracy(oracle, WORLD.retain(), WORLD.forget());
      // By chance a quarter of 24, give or take twice the spread.
      assertTrue(known > 0.8, "full model: " + known);
      assertTrue(unknown < 0.25 + 2 * Math.sqrt(0.25 * 0.75 / 24), "oracle: " + unknown);
      assertEquals(known, FactProbe.accuracy(full, WORLD.retain(), WORLD.forget()));
      // Facts that the probe was not fitted on cannot be read.
      assertEquals(0, FactProbe.accuracy(full, WORLD.retain(), List.of(elsewhere())));
    }
  }

  /// A place that nobody retained lives in.
  private static QaItem elsewhere() {
    return new QaItem(
        "P1",
        "Where does P1 live?",
        "P1 lives in the P2.",
        List.of(),
        List.of("P1 lives in the north."));
  }

  @Test
  void answersThatDifferInNoWordAreRefused() {
    try (var model = taught(WORLD.kept())) {
      var bare = List.of(new QaItem("P1", "Where does P1 live?", "north", List.of(), List.of()));
      var same =
          List.of(new QaItem("P1", "Where?", "north south", List.of(), List.of("south north")));
      assertThrows(
          IllegalArgumentException.class, () -> FactProbe.accuracy(model, WORLD.retain(), same));
      assertThrows(
          IllegalArgumentException.class, () -> FactProbe.accuracy(model, List.of(), bare));
    }
  }
}
