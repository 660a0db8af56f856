package org.recollect.retrieval.role;

import java.util.List;
import org.recollect.tensor.RandomStream;

/// Says by how a question was walked how likely the answer is to be right, and how much of what the
/// question needs is there (E4 of the method sheets): two logistic regressions on how many
/// relations were found, and how surely, learned from what came out on questions to train on.
public final class Judge {
  private static final int EPOCHS = 10;

  private final HashedWeights right = new HashedWeights(0.1);
  private final HashedWeights covered = new HashedWeights(0.1);

  /// What came out of a walk.
  ///
  /// @param right whether its answer was
  /// @param covered share of the question's steps that the passages walked through state, 0 to 1
  public record Outcome(Walk walk, boolean right, double covered) {}

  /// A judge that has learned from outcomes.
  public static Judge trained(List<Outcome> outcomes, RandomStream random) {
    var judge = new Judge();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (Outcome outcome : random.shuffle(outcomes)) {
        var features = features(outcome.walk());
        judge.right.descend(
            features, judge.probability(outcome.walk()) - (outcome.right() ? 1 : 0));
        judge.covered.descend(features, judge.coverage(outcome.walk()) - outcome.covered());
      }
    }
    return judge;
  }

  /// The probability that the answer of a walk is right, 0 to 1.
  public double probability(Walk walk) {
    return sigmoid(right.score(features(walk)));
  }

  /// The share of what the question needs that is there, as far as the walk shows, 0 to 1.
  public double coverage(Walk walk) {
    return sigmoid(covered.score(features(walk)));
  }

  private static double sigmoid(double score) {
    return 1 / (1 + Math.exp(-score));
  }

  private static Features features(Walk walk) {
    double least = walk.steps().stream().mapToDouble(Read::probability).min().orElse(0);
    return new Features()
        .add("bias")
        .add(walk.complete() ? "complete" : "incomplete")
        .add("found", (double) walk.steps().size() / walk.plan().hops())
        .add("product", walk.complete() ? walk.probability() : 0)
        .add("least", least)
        .add("hops " + walk.plan().hops());
  }

  /// How often a wrong answer is taken for right, of all wrong ones; 0 where none is wrong.
  public double falsePositives(List<Outcome> outcomes) {
    return share(outcomes, false);
  }

  /// How often a right answer is taken for wrong, of all right ones; 0 where none is right.
  public double falseNegatives(List<Outcome> outcomes) {
    return share(outcomes, true);
  }

  private double share(List<Outcome> outcomes, boolean right) {
    return outcomes.stream()
        .filter(each -> each.right() == right)
        .mapToInt(each -> probability(each.walk()) > 0.5 == right ? 0 : 1)
        .average()
        .orElse(0);
  }
}
