package org.recollect.kv.stream;

/// Whether the last frames are enough for a question. With `m` the mean relevance of the short
/// tier's frames to the question and `average = momentum * m + (1 - momentum) * average` over the
/// questions so far, they are where `m >= ratio * average`. At ratios up to 1 the first question
/// always passes, and at any ratio one while nothing was relevant yet.
///
/// @param ratio from 0 up, at which every question passes; .9 is the ordinary one of the released
///   code
/// @param momentum share of the newest question in the average, above 0 to 1
public record RecencyGate(double ratio, double momentum) {

  public RecencyGate {
    if (!(ratio >= 0) || !(momentum > 0 && momentum <= 1)) {
      throw new IllegalArgumentException(
          "A gate has a ratio from 0 up and a momentum above 0 up to 1; got %s and %s."
              .formatted(ratio, momentum));
    }
  }

  /// With the paper's momentum of .2.
  public static RecencyGate ratio(double ratio) {
    return new RecencyGate(ratio, .2);
  }

  /// A gate in use. Mutable.
  final class State {
    private double average = Double.NaN;

    /// Whether a question whose relevance to the last frames is `relevance` passes.
    boolean passes(double relevance) {
      average = Double.isNaN(average) ? relevance : momentum * relevance + (1 - momentum) * average;
      return relevance >= ratio * average;
    }
  }
}
