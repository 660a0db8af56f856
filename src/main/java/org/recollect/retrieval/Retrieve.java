package org.recollect.retrieval;

import org.recollect.retrieval.policy.AdaptiveNote;
import org.recollect.retrieval.policy.ConfidenceGate;
import org.recollect.retrieval.policy.Iterative;
import org.recollect.retrieval.policy.Never;
import org.recollect.retrieval.policy.Once;
import org.recollect.retrieval.policy.PairGate;
import org.recollect.retrieval.policy.PopularityGate;
import org.recollect.retrieval.policy.RandomGate;

/// The front door to ways of answering, for a cell: each returns an arm of a [RetrievalStudy].
public final class Retrieve {
  private Retrieve() {}

  /// From memory, whatever is asked: [Never].
  public static Never never() {
    return new Never();
  }

  /// One search with the question itself: [Once].
  public static Once once() {
    return new Once();
  }

  /// A fixed number of searches, each for what is still missing: [Iterative].
  public static Iterative times(int searches) {
    return new Iterative(searches);
  }

  /// One note, and a search for what it lacks, as the released runs have it: [AdaptiveNote].
  public static AdaptiveNote adaptiveNote() {
    return AdaptiveNote.released();
  }

  /// A search for subjects that are spoken of too little: [PopularityGate], its threshold chosen.
  public static Gated popularity() {
    return Gated.by(new PopularityGate());
  }

  /// A search for subjects that are spoken of too little together with what is asked of them:
  /// [PairGate], its threshold chosen.
  public static Gated pairCount() {
    return Gated.by(new PairGate());
  }

  /// A search where the draft has an unlikely token: [ConfidenceGate], its threshold chosen.
  public static Gated confidence() {
    return Gated.by(new ConfidenceGate());
  }

  /// A search for this share of the questions, by lot: [RandomGate].
  ///
  /// @param rate 0 to 1
  public static Gated random(double rate) {
    return Gated.by(new RandomGate()).atRate(rate);
  }

  /// A search exactly where memory is wrong, the upper bound: [OracleGate].
  public static OracleGate oracle() {
    return new OracleGate();
  }
}
