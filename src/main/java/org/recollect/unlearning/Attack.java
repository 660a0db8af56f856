package org.recollect.unlearning;

import java.util.List;
import org.recollect.data.QaItem;
import org.recollect.lab.Configured;
import org.recollect.model.LanguageModel;

/// A try to get back what was to be forgotten: it comes between unlearning and judging, and touches
/// the weights, the question, or how often it is asked. Whoever stands before the weights stays
/// there.
public interface Attack extends Configured {

  /// As tables name it, and as the setting `attack` does.
  String name();

  /// What is left to be judged by; an attack that has been told some of the answers leaves them
  /// out.
  ///
  /// @param forget what was to be forgotten
  default List<QaItem> judged(List<QaItem> forget, long seed) {
    return forget;
  }

  /// What becomes of the weights: others that the caller closes, or the same ones.
  default LanguageModel weights(LanguageModel model, Material material, long seed) {
    return model;
  }

  /// How it is asked, in at least one way. Of several the best counts: the answer nearest to the
  /// truth where answers are compared, and where they are scored the way under which the answer
  /// that was told is likeliest.
  default List<String> questions(QaItem item) {
    return List.of(item.question());
  }

  /// What is answered to one question, of which the answer nearest to the truth counts.
  ///
  /// @param tokens how many at most
  default List<String> answers(Respondent respondent, String question, int tokens, long seed) {
    return List.of(respondent.respond(question, tokens));
  }

  /// What an attacker may have.
  ///
  /// @param forget what was to be forgotten
  /// @param related what was retained, of the same kind
  /// @param unrelated other things that the model knows
  record Material(List<QaItem> forget, List<QaItem> related, List<QaItem> unrelated) {}

  /// No attack.
  static Attack none() {
    return new None();
  }

  /// Training for some steps on a part of what was to be forgotten; on other things by
  /// [Relearning#onRelated] and [Relearning#onUnrelated].
  static Relearning relearning(int steps) {
    return Relearning.of(steps);
  }

  /// Linear weights rounded to eight bits, row by row.
  static Quantisation int8() {
    return new Quantisation(8, Quantisation.ROW);
  }

  /// Linear weights rounded to four bits, row by row.
  static Quantisation int4() {
    return new Quantisation(4, Quantisation.ROW);
  }

  /// Each question in all ways in which it can be put.
  static Paraphrasing rephrased() {
    return new Paraphrasing();
  }

  /// Each question behind prefixes that ask for what was forgotten.
  static Prefixing prefixed() {
    return new Prefixing();
  }

  /// Each question asked many times, answers being drawn at temperature 1.
  static RepeatedSampling sampled(int samples) {
    return new RepeatedSampling(samples, 1);
  }

  /// See [#none].
  record None() implements Attack {
    @Override
    public String name() {
      return "none";
    }
  }
}
