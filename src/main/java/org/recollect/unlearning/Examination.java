package org.recollect.unlearning;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.recollect.data.QaItem;
import org.recollect.unlearning.Respondent.Answered;
import org.recollect.unlearning.measure.AnswerProbability;
import org.recollect.unlearning.measure.KlDivergence;
import org.recollect.unlearning.measure.LeakRate;
import org.recollect.unlearning.measure.ModelUtility;
import org.recollect.unlearning.measure.MuseRouge;
import org.recollect.unlearning.measure.RougeL;
import org.recollect.unlearning.measure.TokenScores;
import org.recollect.unlearning.measure.TruthRatio;
import org.recollect.unlearning.measure.WhiteBoxRank;

/// A respondent asked one question after the other. Mutable: it keeps what was answered, because
/// many measures look at the same answers.
final class Examination {

  /// Longest answer, in tokens: more than any of the generated worlds has.
  private static final int LONGEST = 40;

  /// The logarithm of one in a million million.
  private static final double LEAST = Math.log(1e-12);

  private final Respondent respondent;
  private final Attack attack;
  private final long seed;
  private final Map<Answered, TokenScores> scores = new HashMap<>();
  private final Map<Asked, List<String>> answers = new HashMap<>();
  private final Map<String, String> rephrased = new HashMap<>();
  private final Map<QaItem, String> likeliestWays = new HashMap<>();

  /// What was answered in at most so many tokens.
  private record Asked(String question, int tokens) {}

  Examination(Respondent respondent, Attack attack, long seed) {
    this.respondent = respondent;
    this.attack = attack;
    this.seed = seed;
  }

  /// An examination as it should be.
  static Examination of(Respondent respondent) {
    return new Examination(respondent, Attack.none(), 0);
  }

  /// Who is asked.
  Respondent respondent() {
    return respondent;
  }

  /// How likely the answer is that the model was told.
  TokenScores told(QaItem item) {
    return scores(item, item.answer());
  }

  /// One number for each item.
  double[] each(List<QaItem> items, ToDoubleFunction<QaItem> measure) {
    return items.stream().mapToDouble(measure).toArray();
  }

  double probability(QaItem item) {
    return AnswerProbability.of(told(item));
  }

  /// The share of the answer's probability among the wrong ones.
  double normalisedProbability(QaItem item) {
    return AnswerProbability.normalised(told(item), perturbed(item));
  }

  double truthRatio(QaItem item) {
    return TruthRatio.of(scores(item, item.restated()), perturbed(item));
  }

  /// The recall of the answer's words by the best of what is answered.
  double rouge(QaItem item) {
    return best(item, LONGEST, said -> RougeL.recall(said, item.answer()));
  }

  /// How much of the answer follows from any of its beginnings.
  double extractionLikelihood(QaItem item) {
    return Continuation.extractionLikelihood(respondent, likeliestWay(item), item.answer());
  }

  /// How near the best of what is answered comes to the answer, as MUSE compares them.
  double knowledge(QaItem item) {
    return best(item, MuseRouge.KNOWLEDGE_TOKENS, said -> MuseRouge.knowledge(said, item.answer()));
  }

  /// How near the best continuation of a passage comes to its own, as far as both go.
  double verbatim(QaItem passage) {
    int[] tokens = respondent.tokenizer().encode(" " + passage.answer());
    int most = Math.min(tokens.length, MuseRouge.VERBATIM_TOKENS);
    var gold = respondent.tokenizer().decode(Arrays.copyOf(tokens, most));
    return best(passage, MuseRouge.VERBATIM_TOKENS, said -> MuseRouge.verbatim(said, gold));
  }

  /// What is answered at first, to the first way of asking.
  String said(QaItem item) {
    return answers(attack.questions(item).getFirst(), LONGEST).getFirst();
  }

  private double best(QaItem item, int tokens, ToDoubleFunction<String> nearness) {
    return attack.questions(item).stream()
        .flatMap(question -> answers(question, tokens).stream())
        .mapToDouble(nearness)
        .max()
        .orElseThrow();
  }

  private List<String> answers(String question, int tokens) {
    return answers.computeIfAbsent(
        new Asked(question, tokens),
        asked -> attack.answers(respondent, asked.question, asked.tokens, seed));
  }

  /// The same for each way in which the question can be put otherwise, the mean; the question
  /// itself where there is none.
  double rephrasedRouge(QaItem item) {
    return overRephrasings(item, said -> RougeL.recall(said, item.answer()));
  }

  /// Whether one of the answers states the fact, 1 or 0.
  double leak(QaItem item) {
    return best(item, LONGEST, said -> leak(said, item));
  }

  /// The share of the other ways to put the question in which it is stated.
  double rephrasedLeak(QaItem item) {
    return overRephrasings(item, said -> leak(said, item));
  }

  private static double leak(String said, QaItem item) {
    return LeakRate.leaks(said, item.restated(), item.perturbed()) ? 1 : 0;
  }

  /// The mean of what the answers to them are worth.
  private double overRephrasings(QaItem item, ToDoubleFunction<String> worth) {
    var rephrasings = item.rephrasings().isEmpty() ? List.of(item.question()) : item.rephrasings();
    return rephrasings.stream()
        .map(question -> rephrased.computeIfAbsent(question, this::plainly))
        .mapToDouble(worth)
        .average()
        .orElseThrow();
  }

  private String plainly(String question) {
    return respondent.respond(question, LONGEST);
  }

  /// One by the largest rank of a token of the answer, its end left out.
  double reciprocalRank(QaItem item) {
    var text = QaText.of(respondent.tokenizer(), likeliestWay(item), item.answer());
    int[] answer = Arrays.copyOf(text.answer(), text.answer().length - 1);
    return WhiteBoxRank.reciprocal(predictions(item), answer);
  }

  /// How far what this one predicts for an answer is from what another does, in nats.
  double divergence(Examination other, QaItem item) {
    return KlDivergence.of(other.predictions(item), predictions(item));
  }

  /// The log-probabilities for each of the answer's tokens `[tokens][vocabulary]`, none below
  /// [#LEAST]: a divergence from what a guard forbids would be infinite.
  private double[][] predictions(QaItem item) {
    var text = QaText.of(respondent.tokenizer(), likeliestWay(item), item.answer());
    float[] logits = respondent.logits(List.of(text.withoutLast())).getFirst();
    double[][] predictions = TokenScores.logProbabilities(logits, text.answer().length);
    for (double[] row : predictions) {
      Arrays.setAll(row, v -> Math.max(LEAST, row[v]));
    }
    return predictions;
  }

  /// The three measures of the utility on what is retained.
  ModelUtility.Part retained(List<QaItem> items) {
    return part(items, this::probability);
  }

  /// The three measures of the utility on other subjects.
  ModelUtility.Part aside(List<QaItem> items) {
    return part(items, this::normalisedProbability);
  }

  private ModelUtility.Part part(List<QaItem> items, ToDoubleFunction<QaItem> probability) {
    ask(items);
    return new ModelUtility.Part(
        mean(each(items, probability)),
        mean(each(items, this::rouge)),
        TruthRatio.retain(each(items, this::truthRatio)));
  }

  /// Has the answers that were told scored at once.
  void askTold(List<QaItem> items) {
    ask(items, item -> Stream.of(item.answer()));
  }

  /// Has all answers to some questions scored at once, right ones and wrong ones.
  void ask(List<QaItem> items) {
    ask(
        items,
        item ->
            Stream.concat(Stream.of(item.answer(), item.restated()), item.perturbed().stream()));
  }

  private void ask(List<QaItem> items, Function<QaItem, Stream<String>> answers) {
    score(items.stream().filter(item -> attack.questions(item).size() > 1).flatMap(this::ways));
    score(
        items.stream()
            .flatMap(item ->
                answers.apply(item).map(answer -> new Answered(likeliestWay(item), answer))));
  }

  private void score(Stream<Answered> answers) {
    var wanted = answers.distinct().filter(answer -> !scores.containsKey(answer)).toList();
    var given = respondent.scores(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      scores.put(wanted.get(i), given.get(i));
    }
  }

  /// What was told, in all ways of asking for it.
  private Stream<Answered> ways(QaItem item) {
    return attack.questions(item).stream().map(question -> new Answered(question, item.answer()));
  }

  /// The way of asking under which what was told is likeliest; of equals the first.
  private String likeliestWay(QaItem item) {
    var questions = attack.questions(item);
    return questions.size() == 1
        ? questions.getFirst()
        : likeliestWays.computeIfAbsent(
            item,
            _ ->
                ways(item)
                    .max(Comparator.comparingDouble(way -> -scores(way).meanLoss()))
                    .orElseThrow()
                    .question());
  }

  private List<TokenScores> perturbed(QaItem item) {
    return item.perturbed().stream().map(answer -> scores(item, answer)).toList();
  }

  private TokenScores scores(QaItem item, String answer) {
    return scores(new Answered(likeliestWay(item), answer));
  }

  private TokenScores scores(Answered answered) {
    return scores.computeIfAbsent(
        answered, asked -> respondent.scores(asked.question(), asked.answer()));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
