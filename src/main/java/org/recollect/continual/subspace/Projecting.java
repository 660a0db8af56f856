package org.recollect.continual.subspace;

/// Where forbidden directions are removed. An optimiser such as Adam rescales every entry of a
/// gradient by itself, so that a gradient that was kept off a direction may be turned back to it.
public enum Projecting {
  /// Nowhere: plain tuning, of which the leak is measured all the same.
  NOTHING(", unprojected"),

  /// From the gradient, before the optimiser, as released code has it.
  GRADIENT(", gradient only"),

  /// From the gradient, and from the step that the optimiser makes of it, its weight decay
  /// included.
  STEP("");

  private final String suffix;

  Projecting(String suffix) {
    this.suffix = suffix;
  }

  /// What a strategy's name ends with.
  String suffix() {
    return suffix;
  }
}
