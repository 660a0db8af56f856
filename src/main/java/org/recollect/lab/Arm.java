package org.recollect.lab;

import java.util.Map;

/// One contender of a study, with its configuration.
public interface Arm {
  /// As it reads in tables and legends; unique within a study.
  String name();

  /// What a line of a plot joins over a measure: the arms that differ in one size only, such as
  /// `rtn` for `rtn-2` and `rtn-3`. An arm by itself is its own.
  default String series() {
    return name();
  }

  /// Everything that makes this arm what it is, for the hash of its trials: names to numbers, text,
  /// booleans, enum constants, or lists, maps and records of these. Two arms of one class that
  /// behave differently must differ here.
  Map<String, ?> configuration();

  /// Whether a swept setting makes no difference to this arm. Its trial is then run once, does not
  /// see that setting, and its row serves every value of it: the full cache under a sweep of
  /// budgets.
  default boolean ignores(String setting) {
    return false;
  }
}
