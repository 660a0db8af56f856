package org.recollect.unlearning.skill;

import java.util.Arrays;
import java.util.List;
import org.recollect.data.MultipleChoice;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.measure.SpearmanCorrelation;

/// When each question was forgotten, and when it was learned again: forgotten at the first look
/// that finds the right choice, as against the wrong one, no likelier than 0.6; learned again, from
/// there and by the right labels at three tenths of the rate, at the first look that finds it
/// likelier (the paper: 1e-4 and 3e-5). What never gets there comes last. Mutable; a look is taken
/// every fifth step (inferred).
final class ForgettingOrder {
  private static final double LOG_ODDS = Math.log(0.6 / 0.4);
  private static final double SLOWER = 0.3;
  private static final int EVERY = 5;
  private static final int MOST = 100;

  private final LanguageModel model;
  private final List<MultipleChoice> watched;
  private final Crossing forgotten;

  ForgettingOrder(LanguageModel model, List<MultipleChoice> tested) {
    this.model = model;
    this.watched = tested.subList(0, Math.min(MOST, tested.size()));
    this.forgotten = new Crossing(watched.size(), false);
  }

  /// To be called after each step of forgetting.
  void watch() {
    forgotten.step();
  }

  /// Teaches the model again, and compares the two orders: from -1 to 1, 0 where one of them is
  /// none because all questions went at once.
  double learnedAgain(Relabelling forgetting, List<MultipleChoice> items, long seed, Meter meter) {
    var learned = new Crossing(watched.size(), true);
    forgetting
        .labels(Relabelling.Labels.RIGHT)
        .rate(SLOWER * forgetting.rate())
        .forget(model, items, seed, meter, learned::step);
    return correlation(forgotten.first, learned.first);
  }

  static double correlation(double[] forgotten, double[] learned) {
    boolean ordered =
        Arrays.stream(forgotten).distinct().count() > 1
            && Arrays.stream(learned).distinct().count() > 1;
    return ordered ? SpearmanCorrelation.of(forgotten, learned) : 0;
  }

  /// The first look at which each question is on the wanted side.
  private final class Crossing {
    private final boolean above;
    private final double[] first;
    private int steps;

    Crossing(int questions, boolean above) {
      this.above = above;
      this.first = new double[questions];
      Arrays.fill(first, Double.MAX_VALUE);
    }

    void step() {
      if (++steps % EVERY == 0) {
        double[] odds = new Choices(model).logOdds(watched);
        for (int i = 0; i < odds.length; i++) {
          if (odds[i] > LOG_ODDS == above) {
            first[i] = Math.min(first[i], steps);
          }
        }
      }
    }
  }
}
