package org.recollect.unlearning;

import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;

/// How far somebody who forgets is led: so many steps, or until what is to be forgotten is no
/// likelier than a level.
///
/// @param most steps, at least 0
/// @param level of the probability; minus infinity for all steps
public record Lead(int most, double level) {

  /// As many steps as can be taken, up to a number.
  public static Lead steps(int most) {
    return new Lead(most, Double.NEGATIVE_INFINITY);
  }

  /// A share of the way from what the full model gives to what the oracle does.
  ///
  /// @param share 0 for where the full model is, 1 for where the oracle is
  /// @param full probability of what is to be forgotten
  /// @param oracle probability of the same
  public static Lead towards(double share, double full, double oracle, int most) {
    return new Lead(most, full - share * (full - oracle));
  }

  /// Leads; the number of steps that were taken.
  ///
  /// @param advance takes a step, or says that there is none
  /// @param probability of what is to be forgotten, as it stands
  public int along(BooleanSupplier advance, DoubleSupplier probability) {
    int steps = 0;
    while (steps < most
        && (level == Double.NEGATIVE_INFINITY || probability.getAsDouble() > level)
        && advance.getAsBoolean()) {
      steps++;
    }
    return steps;
  }
}
