package org.recollect.continual;

/// Tuning of all weights on one task after another, with nothing against forgetting: the lower
/// bound of what is kept, and the upper one of what is learned anew.
public record Sequential() implements Strategy {

  @Override
  public String name() {
    return "sequential";
  }

  @Override
  public Hooks begin(Start start) {
    return new Hooks() {};
  }
}
