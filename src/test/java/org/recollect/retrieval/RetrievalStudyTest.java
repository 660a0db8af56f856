package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.retrieval.RetrievalMeasures.ANSWER_MATCH;
import static org.recollect.retrieval.RetrievalMeasures.CALLS;
import static org.recollect.retrieval.RetrievalMeasures.EVIDENCE_RECALL;
import static org.recollect.retrieval.RetrievalMeasures.PROMPT_TOKENS;
import static org.recollect.retrieval.RetrievalMeasures.SEARCHES;
import static org.recollect.retrieval.RetrievalMeasures.SEARCH_GROWTH;
import static org.recollect.retrieval.RetrievalMeasures.SEARCH_RATE;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.FactWorld;
import org.recollect.data.Library;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.QuestionSet;
import org.recollect.data.StreamWorld;
import org.recollect.lab.Results;
import org.recollect.retrieval.policy.AdaptiveNote;
import org.recollect.retrieval.policy.FullHistory;
import org.recollect.retrieval.policy.Iterative;
import org.recollect.retrieval.policy.Never;
import org.recollect.retrieval.policy.Once;

class RetrievalStudyTest {
  private static final FactWorld WORLD = FactWorld.of(48).hops(2).asked(30);

  @TempDir Path folder;

  private Results run(Path store, RetrievalPolicy... arms) {
    return RetrievalStudy.over(WORLD).compare(arms).vary("hops", 1, 2).storedIn(store).run();
  }

  @Test
  void searchesAreCounted() {
    var results = run(folder, new Once(), new Iterative(3), AdaptiveNote.released());
    assertEquals(List.of(), results.failures());
    assertEquals(1, results.only("one search").mean(SEARCHES));
    assertEquals(1, results.only("one search").mean(CALLS));
    assertEquals(3, results.only("3 searches").mean(SEARCHES));
    assertEquals(3, results.only("3 searches").mean(CALLS), "two queries and an answer");
    double note = results.only("Adaptive-Note").mean(SEARCHES);
    assertTrue(note >= 1 && note <= 4, "searches " + note);
    assertEquals(1, results.mean(SEARCH_RATE));
    assertTrue(results.mean(PROMPT_TOKENS) > 0);
  }

  @Test
  void oneSearchAnswersOneHopAndNotTwo() {
    var results = run(folder, new Once(), new Iterative(3));
    var once = results.only("one search");
    assertTrue(once.where("hops", 1).mean(ANSWER_MATCH) > 0.4);
    assertTrue(
        results.only("3 searches").where("hops", 2).mean(ANSWER_MATCH)
            > once.where("hops", 2).mean(ANSWER_MATCH));
  }

  @Test
  void allHopsAreAskedTogether() {
    var results =
        RetrievalStudy.over(WORLD)
            .compare(new Iterative(2), AdaptiveNote.released())
            .vary("hops", 1, 2, "all")
            .storedIn(folder)
            .run();
    var note = results.only("Adaptive-Note");
    double one = note.where("hops", 1).mean(SEARCHES);
    double two = note.where("hops", 2).mean(SEARCHES);
    assertEquals(two - one, note.where("hops", "all").mean(SEARCH_GROWTH), 1e-9);
    assertEquals(0, note.where("hops", 2).mean(SEARCH_GROWTH));
    assertEquals(0, results.only("2 searches").mean(SEARCH_GROWTH));
  }

  @Test
  void whoFetchesEverythingMissesNothing() {
    var results =
        RetrievalStudy.over(WORLD).fetching(5000).compare(new Once()).storedIn(folder).run();
    assertTrue(results.mean(EVIDENCE_RECALL) > 0.99, results.mean(EVIDENCE_RECALL) + "");
  }

  @Test
  void oneSeedOneResult(@TempDir Path other) {
    var arms = new RetrievalPolicy[] {new Iterative(2), AdaptiveNote.released().accepting()};
    assertEquals(run(folder, arms).reproducible(), run(other, arms).reproducible());
  }

  @Test
  void knobsOfTheWorldAreSettings() {
    var results =
        RetrievalStudy.over(WORLD)
            .compare(new Once())
            .vary("distractors", 0, 30)
            .storedIn(folder)
            .run();
    assertTrue(
        results.where("distractors", 0).mean(EVIDENCE_RECALL)
            > results.where("distractors", 30).mean(EVIDENCE_RECALL));
    var error =
        assertThrows(
            IllegalArgumentException.class, () -> RetrievalStudy.over(WORLD).vary("colour", 1));
    assertTrue(error.getMessage().contains("namesakes"), error.getMessage());
  }

  @Test
  void whoAnswersFromMemoryNeedsOne() {
    var results = run(folder, new Never());
    assertEquals(2, results.failures().size());
    assertTrue(results.failures().getFirst().error().orElseThrow().contains("add knowing("));
  }

  @Test
  void aLibraryOfOnesOwn() {
    var library =
        Library.of(
            "towns",
            List.of(
                new Passage("a", "Elmham", "Elmham is a town. The mayor of Elmham is Ada Vane."),
                new Passage("b", "Foxley", "Foxley is a town. The mayor of Foxley is Bo Quill.")));
    var questions =
        new QuestionSet(
            "mayors",
            List.of(new OpenQuestion("1", "Who is the mayor of Elmham?", List.of("Ada Vane"))),
            List.of(),
            List.of(new OpenQuestion("2", "Who is the mayor of Foxley?", List.of("Bo Quill"))));
    var study = RetrievalStudy.over(library);
    assertThrows(IllegalStateException.class, () -> study.compare(new Once()).run());
    var results = study.ask(questions).compare(new Once()).storedIn(folder).run();
    assertEquals(List.of(), results.failures());
    assertEquals(1, results.mean(SEARCHES));
    assertThrows(IllegalStateException.class, () -> RetrievalStudy.over(WORLD).ask(questions));
  }

  /// Hears, searches and answers, and writes down what it was given.
  private record Diarist(List<String> diary) implements RetrievalPolicy {
    @Override
    public String name() {
      return "diarist";
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }

    @Override
    public Answering on(Desk desk) {
      return new Answering() {
        private int day;
        private int heard;

        @Override
        public void hear(List<Passage> passages) {
          for (Passage passage : passages) {
            diary.add(passage.day() >= day ? "in order" : "out of order");
            day = passage.day();
            heard++;
          }
        }

        @Override
        public Answer answer(Turn turn) {
          int asked = turn.gold().day();
          diary.add(day <= asked ? "in time" : "too early");
          var found = turn.search(turn.question(), 10_000);
          diary.add(found.size() <= heard ? "known" : "not yet written");
          diary.add(found.stream().allMatch(it -> it.day() <= asked) ? "past" : "future");
          return Answer.NONE;
        }
      };
    }
  }

  @Test
  void nobodyReadsWhatIsNotWrittenYet() {
    var diary = new ArrayList<String>();
    var results =
        RetrievalStudy.over(StreamWorld.of(12))
            .compare(
                new Diarist(diary), new Once(), new FullHistory(1_000_000), new FullHistory(40))
            .storedIn(folder)
            .run();
    assertEquals(List.of(), results.failures());
    assertEquals(Set.of("in order", "in time", "known", "past"), Set.copyOf(diary));
    var all = results.only("last 1,000,000 words");
    assertTrue(all.mean(ANSWER_MATCH) > results.only("last 40 words").mean(ANSWER_MATCH));
    assertEquals(0, all.mean(SEARCHES));
    assertEquals(0, results.only("one search").mean(RetrievalMeasures.MEMORY_BYTES));
    double held = all.mean(RetrievalMeasures.MEMORY_BYTES);
    assertTrue(held <= StreamWorld.of(12).at(1).library().bytes(), "bytes " + held);
    assertTrue(held > 10 * results.only("last 40 words").mean(RetrievalMeasures.MEMORY_BYTES));
  }
}
