package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.data.FactWorld;
import org.recollect.data.OpenQuestion;
import org.recollect.data.QuestionSet;
import org.recollect.data.World;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.OtherRecords;
import org.recollect.model.LanguageModel;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Index;
import org.recollect.retrieval.search.Retriever;
import org.recollect.retrieval.search.Search;

/// What every policy of the front door keeps to, on one small world.
class PolicyContractTest {
  private static final ClosedBook BOOK = ClosedBook.of(48, 1).steps(200);

  private static World.Drawn world;
  private static Index index;
  private static Crew crew;
  private static LanguageModel model;

  static Stream<RetrievalPolicy> methods() {
    return Stream.of(
        Retrieve.never(),
        Retrieve.once(),
        Retrieve.times(2),
        Retrieve.adaptiveNote(),
        Retrieve.fullHistory(500),
        Retrieve.popularity(),
        Retrieve.pairCount(),
        Retrieve.confidence(),
        Retrieve.random(0.5),
        Retrieve.flare(),
        Retrieve.dragin());
  }

  static Stream<RetrievalPolicy> all() {
    return Stream.concat(methods(), Stream.of(Retrieve.oracle()));
  }

  @BeforeAll
  static void train() {
    world = FactWorld.of(32).hops(2).asked(12).at(1);
    index = Search.bm25().over(world.library());
    crew = Crew.trained(world, Crew.Search.in(index), 1);
    model = BOOK.taught(world, 1);
  }

  @AfterAll
  static void close() {
    index.close();
    model.close();
  }

  private static Desk desk(World.Drawn world, Retriever index) {
    return new Desk(
        world,
        index,
        Cast.embedded(),
        Optional.of(crew),
        Optional.of(new Drafter(model)),
        3,
        1,
        new HashMap<>(),
        new HashMap<>());
  }

  private static List<Answer> answers(RetrievalPolicy policy, World.Drawn world) {
    var desk = desk(world, index);
    var answers = new ArrayList<Answer>();
    try (var answering = policy.on(desk)) {
      for (OpenQuestion question : world.questions().test()) {
        answers.add(answering.answer(new Turn(desk, question)));
      }
    }
    return answers;
  }

  @ParameterizedTest
  @MethodSource("all")
  void oneSeedOneAnswer(RetrievalPolicy policy) {
    assertEquals(answers(policy, world), answers(policy, world));
  }

  @ParameterizedTest
  @MethodSource("all")
  void everySearchIsCounted(RetrievalPolicy policy) {
    var searched = new AtomicInteger();
    var desk =
        desk(
            world,
            (query, k) -> {
              searched.incrementAndGet();
              return index.search(query, k);
            });
    try (var answering = policy.on(desk)) {
      for (OpenQuestion question : world.questions().test()) {
        int before = searched.get();
        var turn = new Turn(desk, question);
        answering.answer(turn);
        assertEquals(searched.get() - before, turn.searches(), question.text());
      }
    }
  }

  /// A world whose test questions have another's answers and evidence.
  private static World.Drawn misled() {
    var questions = world.questions();
    var test = questions.test();
    var swapped =
        IntStream.range(0, test.size())
            .mapToObj(i -> {
              var asked = test.get(i);
              var other = test.get((i + 1) % test.size());
              return new OpenQuestion(
                  asked.id(),
                  asked.text(),
                  List.of("nonsense " + i),
                  List.of(),
                  other.evidence(),
                  "nobody",
                  asked.relation(),
                  asked.popularity());
            })
            .toList();
    return new World.Drawn(
        world.library(),
        new QuestionSet(questions.name(), questions.train(), questions.validation(), swapped),
        world.told());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void seesNoAnswers(RetrievalPolicy policy) {
    assertEquals(answers(policy, world), answers(policy, misled()));
  }

  /// What the test above can see.
  @Test
  void onlyBoundsSeeAnswers() {
    assertNotEquals(answers(Retrieve.oracle(), world), answers(Retrieve.oracle(), misled()));
  }

  @Test
  void searchesWhereTheModelIsUnsure() {
    for (var policies :
        List.of(
            List.<RetrievalPolicy>of(Retrieve.flare().under(0), Retrieve.flare().under(1)),
            List.<RetrievalPolicy>of(Retrieve.dragin().over(1e9), Retrieve.dragin().over(0)))) {
      var never = answers(policies.getFirst(), world);
      assertEquals(answers(Retrieve.never(), world), never);
      var always = answers(policies.getLast(), world);
      assertTrue(always.stream().anyMatch(answer -> !answer.evidence().isEmpty()));
    }
  }

  @ParameterizedTest
  @MethodSource("all")
  void saysWhatItIs(RetrievalPolicy policy) throws ReflectiveOperationException {
    assertFalse(policy.name().isBlank());
    var described = Fingerprint.of(policy.configuration());
    for (var other : OtherRecords.of(assertInstanceOf(Record.class, policy)).entrySet()) {
      var changed = (RetrievalPolicy) other.getValue();
      assertNotEquals(
          described, Fingerprint.of(changed.configuration()), "another " + other.getKey());
    }
  }
}
