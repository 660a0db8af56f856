package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.FactWorld;
import org.recollect.data.OpenQuestion;
import org.recollect.data.World;
import org.recollect.model.LanguageModel;
import org.recollect.retrieval.policy.AdaptLlm;
import org.recollect.retrieval.policy.PopularityGate;
import org.recollect.retrieval.policy.RandomGate;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Index;
import org.recollect.retrieval.search.Search;

/// On a small world and a model that was taught for a moment: it knows nothing, so that all but
/// luck is to be looked up.
class AdaptLlmTest {
  private static final AdaptLlm TUNING = new AdaptLlm(4, 8, 12, 16, List.of(1e-2, 3e-2));
  private static final ClosedBook BOOK = ClosedBook.of(24, 1).steps(150).holdingBack(0.5);
  private static final World.Drawn WORLD = FactWorld.of(32).asked(60).at(1);

  private static Index index;
  private static Crew crew;
  private static LanguageModel model;
  private static Desk desk;

  @BeforeAll
  static void teach() {
    index = Search.bm25().over(WORLD.library());
    crew = Crew.trained(WORLD, Crew.Search.in(index), 1);
    model = BOOK.taught(WORLD, 1);
    desk = desk(new Drafter(model, BOOK.lessons(WORLD, 1)));
  }

  @AfterAll
  static void close() {
    model.close();
    index.close();
  }

  private static Desk desk(Drafter drafter) {
    return new Desk(
        WORLD,
        index,
        Cast.embedded(),
        Optional.of(crew),
        Optional.of(drafter),
        3,
        1,
        new HashMap<>(),
        new HashMap<>());
  }

  private static double searchRate(RetrievalPolicy policy) {
    try (var answering = policy.on(desk)) {
      return WORLD.questions().test().stream()
          .map(desk::rehearse)
          .peek(answering::answer)
          .mapToInt(Turn::searches)
          .average()
          .orElseThrow();
    }
  }

  @Test
  void whatIsHeldBackIsOfOtherEntities() {
    var taught =
        BOOK.lessons(WORLD, 1).stream().map(OpenQuestion::subject).collect(Collectors.toSet());
    var left = desk.untaught("test").stream().map(OpenQuestion::subject).toList();
    assertFalse(taught.isEmpty());
    assertTrue(left.stream().noneMatch(taught::contains));
    var all = new HashSet<>(taught);
    all.addAll(left);
    var asked = WORLD.questions().train().stream().map(OpenQuestion::subject);
    assertEquals(asked.collect(Collectors.toSet()), all);
  }

  @Test
  void aModelThatWasTaughtAllHasNothingToLearnFrom() {
    var all = desk(new Drafter(model, WORLD.questions().train()));
    var error = assertThrows(IllegalStateException.class, () -> TUNING.calling().on(all).close());
    assertTrue(error.getMessage().contains("holdingBack"), error.getMessage());
  }

  @Test
  void tuningLeavesTheSharedModelAsItIs() {
    var before = model.weights().digest();
    var question = WORLD.questions().test().getFirst();
    double unmoved = desk.rehearse(question).inclination(desk.drafter().get(), "<RET>");
    try (var need = TUNING.on(desk)) {
      assertNotEquals(unmoved, need.of(desk.rehearse(question)), "the tuned model is another one");
    }
    assertEquals(before, model.weights().digest());
    assertEquals(unmoved, desk.rehearse(question).inclination(desk.drafter().get(), "<RET>"));
  }

  @Test
  void needIsAProbability() {
    try (var need = TUNING.on(desk)) {
      for (var question : WORLD.questions().test()) {
        double call = need.of(desk.rehearse(question));
        assertTrue(call >= 0 && call <= 1, question.text() + ": " + call);
        assertEquals(call, need.of(desk.rehearse(question)), "asked again");
      }
    }
  }

  /// Most lessons are calls, since the model knows little; with answers alone it never calls.
  @Test
  void lessonsOfCallsMakeCallsLikelier() {
    var untuned = desk.drafter().orElseThrow();
    double before = 0;
    double after = 0;
    try (var need = TUNING.on(desk)) {
      for (var question : WORLD.questions().test()) {
        before += desk.rehearse(question).inclination(untuned, ClosedBook.RETRIEVE);
        after += need.of(desk.rehearse(question));
      }
    }
    assertTrue(after > 2 * before, before + " to " + after);
    assertEquals(0, searchRate(TUNING.answering()));
  }

  /// Four standard deviations of a share of so many lots, drawn twice.
  @Test
  void lotsAreDrawnAtTheGivenRate() {
    int asked = WORLD.questions().test().size();
    int chosen = WORLD.questions().validation().size();
    double margin = 4 * Math.sqrt(0.21 / asked + 0.21 / chosen);
    assertEquals(0.3, searchRate(Gated.by(new RandomGate()).atRate(0.3)), margin);
  }

  @Test
  void asOftenIsAsOftenOnTheQuestionsToChooseBy() {
    var half = Gated.by(new PopularityGate()).atRate(1);
    assertEquals(1, searchRate(new AsOften(new RandomGate(), half)), 0.2);
    var none = Gated.by(new PopularityGate()).atRate(0);
    assertEquals(0, searchRate(new AsOften(new RandomGate(), none)));
  }

  /// Right wherever memory or search is.
  @Test
  void oracleIsABoundOfEveryGate() {
    long best = 0;
    for (var question : WORLD.questions().test()) {
      var rehearsal = desk.rehearsal(question);
      best += rehearsal.alone() || rehearsal.searched() ? 1 : 0;
    }
    long oracle = right(new OracleGate());
    assertEquals(best, oracle);
    assertTrue(right(Gated.by(new RandomGate()).atRate(0.5)) <= oracle);
    assertTrue(right(Gated.by(TUNING)) <= oracle);
  }

  private static long right(RetrievalPolicy policy) {
    try (var answering = policy.on(desk)) {
      return WORLD.questions().test().stream()
          .filter(each -> Desk.right(answering.answer(desk.rehearse(each)).text(), each))
          .count();
    }
  }
}
