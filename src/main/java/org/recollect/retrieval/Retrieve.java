package org.recollect.retrieval;

import org.recollect.retrieval.policy.AdaptLlm;
import org.recollect.retrieval.policy.AdaptiveNote;
import org.recollect.retrieval.policy.ConfidenceGate;
import org.recollect.retrieval.policy.Dragin;
import org.recollect.retrieval.policy.Flare;
import org.recollect.retrieval.policy.FullHistory;
import org.recollect.retrieval.policy.Iterative;
import org.recollect.retrieval.policy.Never;
import org.recollect.retrieval.policy.Once;
import org.recollect.retrieval.policy.PairGate;
import org.recollect.retrieval.policy.PopularityGate;
import org.recollect.retrieval.policy.RandomGate;

/// The front door to ways of answering, for a cell: each returns an arm of a [RetrievalStudy].
///
/// Gates search once or not at all, from the need on at which most questions to choose by come out
/// right; [Gated#atRate] sets how often instead.
public final class Retrieve {

  private Retrieve() {}

  /// The answer from memory, whatever is asked: the floor. See [Never].
  public static Never never() {
    return new Never();
  }

  /// One search with the question, whatever is asked (Lewis et al., 2020): [Once].
  public static Once once() {
    return new Once();
  }

  /// So many searches, each for what the ones before it left open: [Iterative].
  public static Iterative times(int searches) {
    return new Iterative(searches);
  }

  /// All that was heard, as far as a window of so many words holds it; no search: [FullHistory].
  public static FullHistory fullHistory(int words) {
    return new FullHistory(words);
  }

  /// A note that grows while it gets better: three rounds, one failure, 15 passages, as the
  /// released runs of Adaptive-Note (2024) have it. See [AdaptiveNote].
  public static AdaptiveNote adaptiveNote() {
    return AdaptiveNote.released();
  }

  /// A model that learns when to ask, at the rates of small models: [AdaptLlm]. A policy comes of
  /// it by `calling()`, or by [Gated#by] with a threshold that is chosen.
  public static AdaptLlm adaptLlm() {
    return AdaptLlm.released();
  }

  /// A search where a subject is seldom spoken of (Mallen et al., 2023): [PopularityGate].
  public static Gated popularity() {
    return Gated.by(new PopularityGate());
  }

  /// A search where a subject is seldom spoken of together with what is asked about it (WiTQA,
  /// 2024): [PairGate].
  public static Gated pairCount() {
    return Gated.by(new PairGate());
  }

  /// A search where the least likely token of the draft is unlikely, with the question: FLARE's
  /// trigger at a threshold that is chosen. See [ConfidenceGate].
  public static Gated confidence() {
    return Gated.by(new ConfidenceGate());
  }

  /// A search by lot, for this share of the questions, 0 to 1: what a gate must beat. See
  /// [RandomGate].
  public static Gated random(double rate) {
    return Gated.by(new RandomGate()).atRate(rate);
  }

  /// A search exactly where memory is wrong: the upper bound of all gates. See [OracleGate].
  public static OracleGate oracle() {
    return new OracleGate();
  }

  /// A search where a token of the draft has a probability under 0.8, with the question and the
  /// tokens of 0.4 and more, as the released configuration of FLARE (2023) has it: [Flare].
  public static Flare flare() {
    return Flare.released();
  }

  /// A search where the model is unsure of a word that later ones rest on, with what that word
  /// attends to: a need over 1 and 25 tokens, as a released configuration of DRAGIN (2024) has it.
  /// See [Dragin].
  public static Dragin dragin() {
    return Dragin.released();
  }
}
