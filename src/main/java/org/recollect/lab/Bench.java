package org.recollect.lab;

/// What the trials of one seed share because it is dear to make, such as the models they start
/// from. Mutable; owns what it has made.
///
/// @param <A> the arms that are tried on it
public interface Bench<A extends Arm> extends AutoCloseable {

  /// Makes ready what a trial shares with others, which none of them is charged for.
  default void prepare(Trial<A> trial) {}

  /// Runs one trial: the same trial gives the same outcome, whatever ran before on this bench.
  ///
  /// @return at least what the trial [wants][Trial#wants]
  Outcome outcome(Trial<A> trial, Meter meter);

  @Override
  void close();
}
