package org.recollect.retrieval.role;

import java.util.List;
import org.recollect.tensor.RandomStream;

/// Says how likely an answer is to be right by how its question was walked (E4 of the method
/// sheets): logistic regression on whether all relations were found, and how surely, learned from
/// what came out on questions to train on.
public final class Judge {
  private static final int EPOCHS = 10;

  private final HashedWeights weights = new HashedWeights(0.1);

  /// A walk and whether its answer was right.
  public record Outcome(Walk walk, boolean right) {}

  /// A judge that has learned from outcomes.
  public static Judge trained(List<Outcome> outcomes, RandomStream random) {
    var judge = new Judge();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (Outcome outcome : random.shuffle(outcomes)) {
        var features = features(outcome.walk());
        judge.weights.descend(
            features, judge.probability(outcome.walk()) - (outcome.right() ? 1 : 0));
      }
    }
    return judge;
  }

  /// The probability that the answer of a walk is right, 0 to 1.
  public double probability(Walk walk) {
    return 1 / (1 + Math.exp(-weights.score(features(walk))));
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
