package org.recollect.unlearning;

import java.util.List;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.AnswerProbability;

/// A model that has learned nearly three hundred facts about ten persons and the rest of the world,
/// in two or three seconds.
final class TaughtWorld {
  static final ForgetSplit SPLIT = FictiBio.of(5).persons(10).forget(0.1);
  static final Learner LEARNER = Learner.blank(32, 2).taughtBy(new Memorising(12, 16, 1e-2));

  private TaughtWorld() {}

  static LanguageModel full() {
    return LEARNER.taught(SPLIT, SPLIT.learned(), 1);
  }

  static Request request(LanguageModel full, Meter meter) {
    return new Request(
        full,
        SPLIT.forget(),
        List.of(),
        SPLIT.retain(),
        1,
        meter,
        () -> {
          throw new AssertionError("no arm needs the oracle");
        });
  }

  static double probability(Respondent respondent, List<QaItem> items) {
    return items.stream()
        .mapToDouble(
            item -> AnswerProbability.of(respondent.scores(item.question(), item.answer())))
        .average()
        .orElseThrow();
  }
}
