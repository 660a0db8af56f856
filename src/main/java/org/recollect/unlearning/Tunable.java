package org.recollect.unlearning;

/// An unlearner with a learning rate, which a [Tuning] chooses.
public interface Tunable extends Unlearner {

  /// The same with another learning rate, above 0.
  Tunable rate(double rate);
}
