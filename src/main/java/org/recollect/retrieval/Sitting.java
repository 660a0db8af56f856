package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.recollect.data.OpenQuestion;
import org.recollect.data.World;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Settings;
import org.recollect.lab.Trial;
import org.recollect.model.LanguageModel;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Index;

/// The trials of one seed: worlds, indexes, roles and models are made once for all arms. Mutable.
final class Sitting implements Bench<RetrievalPolicy> {
  private final RetrievalStudy.Nouns nouns;
  private final int seed;

  /// By the world's digest.
  private final Map<String, Place> places = new HashMap<>();

  /// By the weights' recipe: worlds that differ in passages alone share one.
  private final Map<List<String>, LanguageModel> models = new LinkedHashMap<>();

  /// What lies ready in one world, with a desk for each number of passages that is fetched.
  private record Place(
      World.Drawn world,
      Index index,
      Cast cast,
      Optional<Crew> crew,
      Optional<Drafter> drafter,
      Map<Integer, Desk> desks) {
    Desk desk(int fetched, long seed) {
      return desks.computeIfAbsent(
          fetched,
          _ ->
              new Desk(
                  world,
                  index,
                  cast,
                  crew,
                  drafter,
                  fetched,
                  seed,
                  new HashMap<>(),
                  new HashMap<>()));
    }
  }

  /// A question that has been answered.
  private record Answered(OpenQuestion question, Answer answer, Turn turn) {
    boolean right() {
      return Marking.contains(answer.text(), question.answers());
    }
  }

  Sitting(RetrievalStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
  }

  @Override
  public void prepare(Trial<RetrievalPolicy> trial) {
    place(trial.settings());
  }

  private Place place(Settings settings) {
    var world = nouns.world(settings);
    return places.computeIfAbsent(world.digest(), _ -> place(world));
  }

  @Override
  public Outcome outcome(Trial<RetrievalPolicy> trial, Meter meter) {
    var settings = trial.settings();
    var place = place(settings);
    var desk = place.desk(nouns.fetched(settings), seed);
    var answered = new ArrayList<Answered>();
    long bytes;
    try (var answering = trial.arm().on(desk)) {
      var news = new News(place.world().library());
      for (OpenQuestion question : asked(place.world(), settings)) {
        answering.hear(news.until(question.day()));
        var turn = new Turn(desk, question);
        answered.add(new Answered(question, answering.answer(turn), turn));
        meter.tokens(turn.tokens()).modelCalls(turn.calls());
      }
      bytes = answering.bytes();
    }
    return new Tally(trial, desk, answered).outcome().with(RetrievalMeasures.MEMORY_BYTES, bytes);
  }

  private static List<OpenQuestion> asked(World.Drawn world, Settings settings) {
    var questions = world.questions();
    if (!RetrievalStudy.asksAll(settings)) {
      int hops = settings.integer(RetrievalStudy.HOPS);
      questions = questions.only(question -> question.hops() == hops);
    }
    if (settings.has(RetrievalStudy.EXPOSURES)) {
      int least = settings.integer(RetrievalStudy.EXPOSURES);
      questions =
          questions.only(question -> {
            double told = told(question);
            return told == least || told > least && told < 4.0 * least;
          });
    }
    return questions.test().stream().sorted(Comparator.comparingInt(OpenQuestion::day)).toList();
  }

  /// How often texts speak of a question's subject and relation together; 0 where nobody counted.
  private static double told(OpenQuestion question) {
    return question.popularity().map(count -> count.pair().orElse(0)).orElse(0.0);
  }

  private Place place(World world) {
    var drawn = world.at(seed);
    var index = nouns.search().over(drawn.library());
    return new Place(
        drawn,
        index,
        nouns.cast(),
        nouns.cast().embeds() ? Optional.of(crew(drawn, index)) : Optional.empty(),
        nouns.knowing().map(book -> drafter(book, drawn)),
        new HashMap<>());
  }

  private Crew crew(World.Drawn world, Index index) {
    return Crew.trained(world, Crew.Search.in(index), seed);
  }

  private Drafter drafter(ClosedBook book, World.Drawn world) {
    var model = models.computeIfAbsent(world.told(), _ -> book.taught(world, seed));
    return new Drafter(model, book.lessons(world, seed));
  }

  @Override
  public void close() {
    places.values().forEach(place -> place.index().close());
    models.values().forEach(LanguageModel::close);
  }

  /// What all answers of a trial come to.
  private record Tally(Trial<RetrievalPolicy> trial, Desk desk, List<Answered> answered) {

    Outcome outcome() {
      var outcome =
          Outcome.of(RetrievalMeasures.ANSWER_MATCH, each(Tally::exact))
              .with(
                  RetrievalMeasures.ANSWER_F1,
                  each(it -> Marking.f1(it.answer().text(), it.question().answers())))
              .with(RetrievalMeasures.ANSWER_ACCURACY, each(it -> it.right() ? 1 : 0))
              .with(RetrievalMeasures.EVIDENCE_RECALL, each(Tally::found))
              .with(RetrievalMeasures.SEARCHES, each(it -> it.turn().searches()))
              .with(RetrievalMeasures.SEARCH_GROWTH, growth())
              .with(RetrievalMeasures.SEARCH_RATE, each(it -> it.turn().searches() > 0 ? 1 : 0))
              .with(RetrievalMeasures.ALONE_ACCURACY, accuracy(false))
              .with(RetrievalMeasures.SEARCHED_ACCURACY, accuracy(true))
              .with(RetrievalMeasures.RARE_FIRST, rareFirst())
              .with(RetrievalMeasures.STALE_RATE, each(Tally::stale))
              .with(RetrievalMeasures.CALLS, each(it -> it.turn().calls()))
              .with(RetrievalMeasures.PROMPT_TOKENS, each(it -> it.turn().tokens()));
      if (trial.wants(RetrievalMeasures.HARM)) {
        outcome = outcome.with(RetrievalMeasures.HARM, each(this::harmed));
      }
      if (trial.wants(RetrievalMeasures.TRIGGER_AUROC)) {
        outcome = outcome.with(RetrievalMeasures.TRIGGER_AUROC, auroc());
      }
      outcome = outcome.with(RetrievalMeasures.FALL_BACKS, fallBacks());
      return desk.roles().isEmpty() ? outcome : with(outcome, desk.crew().card());
    }

    private static Outcome with(Outcome outcome, Crew.Card card) {
      return outcome
          .with(RetrievalMeasures.PARSER, card.parser())
          .with(RetrievalMeasures.READER, card.reader())
          .with(RetrievalMeasures.SUMMARISER, card.summariser())
          .with(RetrievalMeasures.JUDGE_FALSE_POSITIVES, card.falsePositives())
          .with(RetrievalMeasures.JUDGE_FALSE_NEGATIVES, card.falseNegatives());
    }

    /// Of all decisions, not of an average question's.
    private double fallBacks() {
      long decisions = answered.stream().mapToLong(it -> it.turn().decisions()).sum();
      long fallBacks = answered.stream().mapToLong(it -> it.turn().fallBacks()).sum();
      return decisions == 0 ? 0 : (double) fallBacks / decisions;
    }

    private double[] each(ToDoubleFunction<Answered> value) {
      return answered.stream().mapToDouble(value).toArray();
    }

    private double growth() {
      var hops = answered.stream().mapToInt(it -> it.question().hops()).summaryStatistics();
      return searches(hops.getMax()) - searches(hops.getMin());
    }

    private double searches(int hops) {
      return answered.stream()
          .filter(it -> it.question().hops() == hops)
          .mapToInt(it -> it.turn().searches())
          .average()
          .orElseThrow();
    }

    private double accuracy(boolean searched) {
      return answered.stream()
          .filter(it -> it.turn().searches() > 0 == searched)
          .mapToInt(it -> it.right() ? 1 : 0)
          .average()
          .orElse(0);
    }

    private static double exact(Answered it) {
      return Marking.exact(it.answer().text(), it.question().answers()) ? 1 : 0;
    }

    private static double stale(Answered it) {
      return Marking.exact(it.answer().text(), it.question().outdated()) ? 1 : 0;
    }

    /// The share of the steps of which a passage that states them was fetched.
    private static double found(Answered it) {
      return it.question().evidence().stream()
          .mapToInt(step -> step.stream().anyMatch(it.turn().fetched()::contains) ? 1 : 0)
          .average()
          .orElse(0);
    }

    private double harmed(Answered it) {
      return known(it) && !it.right() ? 1 : 0;
    }

    private boolean known(Answered it) {
      return desk.known(it.question());
    }

    /// Of a yes or no, the area is the mean of the two rates of being right.
    private double auroc() {
      double wrong = searchRate(answered.stream().filter(it -> !known(it)).toList(), 0.5);
      double right = searchRate(answered.stream().filter(this::known).toList(), 0.5);
      return (1 + wrong - right) / 2;
    }

    private double rareFirst() {
      var rarest =
          answered.stream().sorted(Comparator.comparingDouble(it -> told(it.question()))).toList();
      int half = rarest.size() / 2;
      return searchRate(rarest.subList(0, half), 0)
          - searchRate(rarest.subList(rarest.size() - half, rarest.size()), 0);
    }

    private static double searchRate(List<Answered> some, double ofNone) {
      return some.stream()
          .mapToInt(it -> it.turn().searches() > 0 ? 1 : 0)
          .average()
          .orElse(ofNone);
    }
  }
}
