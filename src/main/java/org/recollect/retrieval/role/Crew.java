package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.World;
import org.recollect.tensor.RandomStream;

/// The small models that stand in for a language model in all decisions of all methods. They are
/// trained on the training part of a world's questions; how well each does its work on the
/// validation part is its [Card].
public final class Crew {
  private static final int FETCHED = 5;

  private final Parser parser;
  private final Reader reader;
  private final Judge judge;
  private final Card card;

  private Crew(Parser parser, Reader reader, Judge judge, Card card) {
    this.parser = parser;
    this.reader = reader;
    this.judge = judge;
    this.card = card;
  }

  /// How good the roles are on questions that they were not trained on, 0 to 1.
  ///
  /// @param parser share of plans that are exactly right
  /// @param reader share of answers that are right where the passages state them
  /// @param falsePositives share of the wrong answers that the judge takes for right
  /// @param falseNegatives share of the right answers that the judge takes for wrong
  public record Card(double parser, double reader, double falsePositives, double falseNegatives) {}

  /// @param search fetches passages for a query: as many as given
  public static Crew trained(World.Drawn world, Search search, long seed) {
    var random = RandomStream.of(seed, "roles");
    var questions = world.questions();
    var library = world.library();
    var parser = Parser.trained(questions.train(), library, random.split("parser"));
    Function<OpenQuestion, Asked> asked = question -> asked(question, parser);
    var reader =
        Reader.trained(
            questions.train(),
            asked,
            library,
            query -> search.fetch(query, FETCHED),
            random.split("reader"));
    var untested = new Crew(parser, reader, null, null);
    var judge = Judge.trained(untested.outcomes(questions.train(), search), random.split("judge"));
    var outcomes = untested.outcomes(questions.validation(), search);
    var card =
        new Card(
            parser.accuracy(questions.validation()),
            reader.accuracy(questions.validation(), asked, library),
            judge.falsePositives(outcomes),
            judge.falseNegatives(outcomes));
    return new Crew(parser, reader, judge, card);
  }

  /// What fetches passages while roles are trained.
  @FunctionalInterface
  public interface Search {
    List<Passage> fetch(String query, int count);
  }

  /// What the reader is asked for in training: as the question notes it, so that the reader's
  /// errors are its own.
  private static Asked asked(OpenQuestion question, Parser parser) {
    return question.relation().isEmpty()
        ? Asked.of(question.text(), parser.parse(question.text()))
        : Asked.of(question.subject(), question.relation());
  }

  private List<Judge.Outcome> outcomes(List<OpenQuestion> questions, Search search) {
    return questions.stream()
        .map(question -> {
          var walk = walk(question.text(), search.fetch(question.text(), FETCHED));
          var said = walk.answer().text();
          boolean right = question.answers().stream().anyMatch(said::equalsIgnoreCase);
          return new Judge.Outcome(walk, right);
        })
        .toList();
  }

  /// How well each role does its work.
  public Card card() {
    return card;
  }

  /// What a question asks.
  public Plan parse(String question) {
    return parser.parse(question);
  }

  /// Follows a question through passages as far as they carry.
  ///
  /// @param passages the most promising first
  public Walk walk(String question, List<Passage> passages) {
    var walk = new Walk(parser.parse(question), List.of());
    while (!walk.complete()) {
      var read = reader.read(walk.wanted(question), passages);
      if (!read.found()) {
        return walk;
      }
      var steps = new ArrayList<>(walk.steps());
      steps.add(read);
      walk = new Walk(walk.plan(), steps);
    }
    return walk;
  }

  /// What passages say about what a question is after, sentence by sentence.
  ///
  /// @param passages the most promising first
  public List<Passage> summarise(String question, List<Passage> passages) {
    return new Summariser(some -> walk(question, some)).keep(passages);
  }

  /// How likely the answer of a walk is to be right, 0 to 1.
  public double judge(Walk walk) {
    return judge.probability(walk);
  }
}
