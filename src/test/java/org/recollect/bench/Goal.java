package org.recollect.bench;

import org.recollect.lab.Speedup;

/// A ratio to reach.
///
/// @param ratio what is compared with what
/// @param goal the least that counts as reached
/// @param stretch what a better design may reach
record Goal(String ratio, double goal, double stretch) {

  Reached by(Speedup speedup) {
    return new Reached(this, speedup);
  }

  /// A goal beside what was measured.
  record Reached(Goal goal, Speedup speedup) {

    boolean met() {
      return speedup.value() >= goal.goal;
    }

    /// In the words of the table.
    String judgement() {
      double value = speedup.value();
      if (!met()) {
        return "missed by %.0f %%".formatted(100 * (1 - value / goal.goal));
      }
      return value >= goal.stretch ? "met, and the stretch" : "met";
    }
  }
}
