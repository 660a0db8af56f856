package org.recollect.continual.merge;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.DoubleFunction;
import org.recollect.tensor.Merging;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.WeightDelta;

/// How the changes that tuning made for several tasks become one, see [Merging].
public sealed interface MergeRule {

  /// As tables show it.
  String title();

  /// The same rule in three settings, by what tells them apart; none where it has no setting.
  default SequencedMap<String, MergeRule> settings() {
    return new LinkedHashMap<>();
  }

  /// One change for all; the caller closes it.
  WeightDelta merged(List<WeightDelta> changes, RandomStream random);

  /// The mean: that of the models themselves.
  record Soup() implements MergeRule {

    @Override
    public String title() {
      return "soup";
    }

    @Override
    public WeightDelta merged(List<WeightDelta> changes, RandomStream random) {
      return Merging.mean(changes);
    }
  }

  /// The sum, scaled.
  ///
  /// @param lambda of the sum
  record Arithmetic(double lambda) implements MergeRule {

    @Override
    public String title() {
      return "task arithmetic";
    }

    @Override
    public SequencedMap<String, MergeRule> settings() {
      return MergeRule.settings("lambda", Arithmetic::new, lambda / 2, lambda, 2 * lambda);
    }

    @Override
    public WeightDelta merged(List<WeightDelta> changes, RandomStream random) {
      return Merging.taskArithmetic(changes, lambda);
    }
  }

  /// Trimmed, signs elected, what agrees averaged.
  ///
  /// @param keep share of the entries that stay, 0 to 1
  /// @param lambda of the result
  record Ties(double keep, double lambda) implements MergeRule {

    @Override
    public String title() {
      return "TIES";
    }

    @Override
    public SequencedMap<String, MergeRule> settings() {
      return MergeRule.settings("keep", other -> new Ties(other, lambda), 0.1, 0.2, 0.5);
    }

    @Override
    public WeightDelta merged(List<WeightDelta> changes, RandomStream random) {
      return Merging.ties(changes, keep, lambda);
    }
  }

  /// Entries dropped at random, the others scaled up, and averaged.
  ///
  /// @param drop probability, 0 to below 1
  record Dare(double drop) implements MergeRule {

    @Override
    public String title() {
      return "DARE";
    }

    @Override
    public SequencedMap<String, MergeRule> settings() {
      return MergeRule.settings("drop", Dare::new, 0.5, 0.8, 0.9);
    }

    @Override
    public WeightDelta merged(List<WeightDelta> changes, RandomStream random) {
      return Merging.dare(changes, drop, random, Merging::mean);
    }
  }

  private static SequencedMap<String, MergeRule> settings(
      String name, DoubleFunction<MergeRule> rule, double... values) {
    var settings = new LinkedHashMap<String, MergeRule>();
    for (double value : values) {
      settings.put(name + " " + value, rule.apply(value));
    }
    return settings;
  }
}
