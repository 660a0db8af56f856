package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.recollect.data.Library;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.World;
import org.recollect.retrieval.search.Retriever;
import org.recollect.tensor.RandomStream;

/// The small models that stand in for a language model in all decisions of all methods. They are
/// trained on the training part of a world's questions; how well each does its work on the
/// validation part is its [Card]. For one thread at a time.
public final class Crew {
  private static final int FETCHED = 5;

  private final Parser parser;
  private final Reader reader;
  private final Judge judge;
  private final Card card;
  private final Map<String, Plan> plans = new HashMap<>();

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
  /// @param summariser share of these passages of which what is kept still states the answer
  /// @param falsePositives share of the wrong answers that the judge takes for right
  /// @param falseNegatives share of the right answers that the judge takes for wrong
  public record Card(
      double parser,
      double reader,
      double summariser,
      double falsePositives,
      double falseNegatives) {}

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
            (question, query) -> search.on(question.day()).fetch(query, FETCHED),
            random.split("reader"));
    var untested = new Crew(parser, reader, null, null);
    var judge = Judge.trained(untested.outcomes(questions.train(), search), random.split("judge"));
    var outcomes = untested.outcomes(questions.validation(), search);
    var card =
        new Card(
            parser.accuracy(questions.validation()),
            reader.accuracy(questions.validation(), asked, library),
            untested.kept(questions.validation(), library),
            judge.falsePositives(outcomes),
            judge.falseNegatives(outcomes));
    return new Crew(parser, reader, judge, card);
  }

  /// What fetches passages while roles are trained.
  @FunctionalInterface
  public interface Search {

    /// What an index finds.
    static Search in(Retriever index) {
      return (query, count) ->
          index.search(query, count).stream().map(hit -> hit.passage()).toList();
    }

    /// As many passages as are asked for, or all that it has.
    List<Passage> fetch(String query, int count);

    /// The same as it was on a day: passages of later days are not there yet. How often words occur
    /// it still counts over all days.
    ///
    /// @param day 0 for when all are there
    default Search on(int day) {
      return day == 0 ? this : (query, count) -> known(query, count, day);
    }

    private List<Passage> known(String query, int count, int day) {
      for (int many = count; true; many *= 4) {
        var found = fetch(query, many);
        var known = found.stream().filter(each -> each.day() <= day).limit(count).toList();
        if (known.size() == count || found.size() < many) {
          return known;
        }
      }
    }
  }

  /// What the reader is asked for in training: as the question notes it, so that the reader's
  /// errors are its own.
  private static Asked asked(OpenQuestion question, Parser parser) {
    return question.relation().isEmpty()
        ? Asked.of(question.text(), parser.parse(question.text()))
        : Asked.of(question.subject(), question.relation());
  }

  /// The share of questions of one hop of which an answer is still stated in what is kept of the
  /// passages that state it; 0 where there is none whose evidence is noted.
  private double kept(List<OpenQuestion> questions, Library library) {
    return questions.stream()
        .filter(each -> each.hops() == 1 && !each.evidence().isEmpty())
        .mapToInt(each -> {
          var gold = each.evidence().getFirst().stream().map(library::passage).toList();
          var kept = summarise(each.text(), gold).stream().map(Passage::text).toList();
          return each.answers().stream().anyMatch(String.join(" ", kept)::contains) ? 1 : 0;
        })
        .average()
        .orElse(0);
  }

  /// What comes out when a question is searched for, and what is missing then, and so on.
  private List<Judge.Outcome> outcomes(List<OpenQuestion> questions, Search search) {
    var outcomes = new ArrayList<Judge.Outcome>();
    for (OpenQuestion question : questions) {
      var known = search.on(question.day());
      var passages = new ArrayList<>(known.fetch(question.text(), FETCHED));
      for (int round = 0; round < question.hops(); round++) {
        var walk = walk(question.text(), passages);
        outcomes.add(outcome(question, walk, passages));
        if (walk.complete()) {
          break;
        }
        passages.addAll(known.fetch(walk.wanted(question.text()).query(), FETCHED));
      }
    }
    return outcomes;
  }

  private static Judge.Outcome outcome(OpenQuestion question, Walk walk, List<Passage> passages) {
    var said = walk.answer().text();
    boolean right = question.answers().stream().anyMatch(said::equalsIgnoreCase);
    var ids = passages.stream().map(Passage::id).toList();
    double covered =
        question.evidence().stream()
            .mapToInt(step -> step.stream().anyMatch(ids::contains) ? 1 : 0)
            .average()
            .orElse(right ? 1 : 0);
    return new Judge.Outcome(walk, right, covered);
  }

  /// How well each role does its work.
  public Card card() {
    return card;
  }

  /// What a question asks.
  public Plan parse(String question) {
    return plans.computeIfAbsent(question, parser::parse);
  }

  /// Follows a question through passages as far as they carry.
  ///
  /// @param passages the most promising first
  public Walk walk(String question, List<Passage> passages) {
    var walk = new Walk(parse(question), List.of());
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

  /// How much of what its question needs a walk has found, 0 to 1.
  public double coverage(Walk walk) {
    return judge.coverage(walk);
  }
}
