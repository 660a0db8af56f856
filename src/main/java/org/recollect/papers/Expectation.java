package org.recollect.papers;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// What the measurements must look like if a claim holds, declared before any run.
///
/// Measures and arms are given by the names that the study uses. Which direction is better is a
/// property of the measure, never of the expectation. An expectation speaks about the trials whose
/// settings have all the values in [#where]; a setting that is not named there is pooled over, the
/// two arms being paired within each of its values.
public sealed interface Expectation {

  /// The name of the measure, such as `perplexity delta`.
  String measure();

  /// The name of the arm that the claim is about.
  String arm();

  /// Setting to value, as text and in order of the names; empty when the claim is unconditional.
  Map<String, String> where();

  /// The expectation in words.
  String describe();

  /// One arm beats another on the same seeds and material.
  ///
  /// @param than the arm it is compared with
  /// @param margin by how much `arm` must be the better one, in the measure's unit; 0 asks for any
  ///   advantage, a negative margin allows `arm` to be that much worse
  record Better(String measure, String arm, String than, double margin, Map<String, String> where)
      implements Expectation {

    public Better {
      requireMeasureAndArm(measure, arm);
      Claim.requireText(than, "the arm compared with");
      if (arm.equals(than)) {
        throw new IllegalArgumentException(
            "An expectation compares the arm \"%s\" with itself; name two arms.".formatted(arm));
      }
      requireFinite(margin, "margin");
      where = sorted(where);
    }

    @Override
    public String describe() {
      String comparison =
          margin == 0
              ? "better than"
              : margin > 0
                  ? "better by more than %s than".formatted(number(margin))
                  : "at most %s worse than".formatted(number(-margin));
      return "%s: %s %s %s%s".formatted(measure, arm, comparison, than, condition(where));
    }
  }

  /// One arm stays on the good side of a fixed value: at most `bound` where lower is better, at
  /// least `bound` where higher is better.
  ///
  /// @param bound the value, in the measure's unit
  record Within(String measure, String arm, double bound, Map<String, String> where)
      implements Expectation {

    public Within {
      requireMeasureAndArm(measure, arm);
      requireFinite(bound, "bound");
      where = sorted(where);
    }

    @Override
    public String describe() {
      return "%s: %s within %s%s".formatted(measure, arm, number(bound), condition(where));
    }
  }

  private static void requireMeasureAndArm(String measure, String arm) {
    Claim.requireText(measure, "an expectation's measure");
    Claim.requireText(arm, "an expectation's arm");
  }

  private static void requireFinite(double value, String what) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(
          "An expectation's %s is %s; give a finite number.".formatted(what, value));
    }
  }

  private static Map<String, String> sorted(Map<String, String> where) {
    where.forEach((setting, value) -> {
      Claim.requireText(setting, "a setting's name");
      Claim.requireText(value, "the value of the setting \"%s\"".formatted(setting));
    });
    return Collections.unmodifiableMap(new TreeMap<>(where));
  }

  private static String condition(Map<String, String> where) {
    return where.isEmpty()
        ? ""
        : where.entrySet().stream()
            .map(setting -> setting.getKey() + " = " + setting.getValue())
            .collect(Collectors.joining(", ", ", where ", ""));
  }

  private static String number(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : Double.toString(value);
  }
}
