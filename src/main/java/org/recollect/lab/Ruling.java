package org.recollect.lab;

/// What a study says about one claim.
public enum Ruling {
  /// The whole interval agrees with the claim.
  SUPPORTED,
  /// The whole interval contradicts the claim.
  NOT_SUPPORTED,
  /// The interval holds both, or there are too few units for one.
  INCONCLUSIVE,
  /// Measured at smoke scale, which decides nothing.
  SMOKE,
  /// The study has no finished pair of trials for it.
  NOT_TESTED;

  /// As in `NOT SUPPORTED`.
  @Override
  public String toString() {
    return name().replace('_', ' ');
  }
}
