package org.recollect.unlearning;

import java.util.Arrays;
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
import org.recollect.unlearning.measure.RougeL;
import org.recollect.unlearning.measure.TokenScores;
import org.recollect.unlearning.measure.TruthRatio;
import org.recollect.unlearning.measure.WhiteBoxRank;

/// A respondent asked one question after the other. Mutable: it keeps what was answered, because
/// many measures look at the same answers.
final class Examination {

  /// Longest answer, in tokens: more than any of the generated worlds has.
  private static final int LONGEST = 40;

  private final Respondent respondent;
  private final Attack attack;
  private final long seed;
  private final Map<Answered, TokenScores> scores = new HashMap<>();
  private final Map<String, List<String>> answers = new HashMap<>();
  private final Map<String, String> rephrased = new HashMap<>();

  Examination(Respondent respondent, Attack attack, long seed) {
    this.respondent = respondent;
    this.attack = attack;
    this.seed = seed;
  }

  /// An examination as it should be.
  static Examination of(Respondent respondent) {
    return new Examination(respondent, Attack.none(), 0);
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
    return answers(item).stream()
        .mapToDouble(said -> RougeL.recall(said, item.answer()))
        .max()
        .orElseThrow();
  }

  /// The same for each way in which the question can be put otherwise, the mean; the question
  /// itself where there is none.
  double rephrasedRouge(QaItem item) {
    return overRephrasings(item, said -> RougeL.recall(said, item.answer()));
  }

  private List<String> answers(QaItem item) {
    return answers.computeIfAbsent(
        attack.question(item), question -> attack.answers(respondent, question, LONGEST, seed));
  }

  /// The mean of what the answers to them are worth.
  private double overRephrasings(QaItem item, ToDoubleFunction<String> worth) {
    var rephrasings = item.rephrasings().isEmpty() ? List.of(item.question()) : item.rephrasings();
    return rephrasings.stream()
        .map(question -> rephrased.computeIfAbsent(question, this::said))
        .mapToDouble(worth)
        .average()
        .orElseThrow();
  }

  private String said(String question) {
    return respondent.respond(question, LONGEST);
  }

  /// Whether one of the answers states the fact, 1 or 0.
  double leak(QaItem item) {
    return answers(item).stream().anyMatch(said -> leaks(said, item)) ? 1 : 0;
  }

  /// The share of the other ways to put the question in which the fact is stated.
  double rephrasedLeak(QaItem item) {
    return overRephrasings(item, said -> leaks(said, item) ? 1 : 0);
  }

  private static boolean leaks(String said, QaItem item) {
    return LeakRate.leaks(said, item.restated(), item.perturbed());
  }

  /// The largest rank of a token of the answer, its end left out.
  double rank(QaItem item) {
    var text = QaText.of(respondent.tokenizer(), attack.question(item), item.answer());
    int[] answer = Arrays.copyOf(text.answer(), text.answer().length - 1);
    return WhiteBoxRank.of(predictions(item), answer);
  }

  /// How far what this one predicts for an answer is from what another does, in nats.
  double divergence(Examination other, QaItem item) {
    return KlDivergence.of(other.predictions(item), predictions(item));
  }

  /// The log-probabilities for each of the answer's tokens `[tokens][vocabulary]`.
  private double[][] predictions(QaItem item) {
    var text = QaText.of(respondent.tokenizer(), attack.question(item), item.answer());
    float[] logits = respondent.logits(List.of(text.withoutLast())).getFirst();
    return TokenScores.logProbabilities(logits, text.answer().length);
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
    var wanted =
        items.stream()
            .flatMap(item ->
                answers.apply(item).map(answer -> new Answered(attack.question(item), answer)))
            .distinct()
            .filter(answer -> !scores.containsKey(answer))
            .toList();
    var given = respondent.scores(wanted);
    for (int i = 0; i < wanted.size(); i++) {
      scores.put(wanted.get(i), given.get(i));
    }
  }

  private List<TokenScores> perturbed(QaItem item) {
    return item.perturbed().stream().map(answer -> scores(item, answer)).toList();
  }

  private TokenScores scores(QaItem item, String answer) {
    return scores.computeIfAbsent(
        new Answered(attack.question(item), answer),
        asked -> respondent.scores(asked.question(), asked.answer()));
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
