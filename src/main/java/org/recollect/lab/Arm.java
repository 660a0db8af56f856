package org.recollect.lab;

/// One contender of a study: a record of its settings, as a rule.
public interface Arm extends Configured {
  /// As it reads in tables and legends; unique within a study.
  String name();

  /// What a line of a plot joins over a measure: the arms that differ in one size only, such as
  /// `rtn` for `rtn-2` and `rtn-3`. An arm by itself is its own.
  default String series() {
    return name();
  }

  /// Whether a swept setting makes no difference to this arm. Its trial is then run once, does not
  /// see that setting, and its row serves every value of it: the full cache under a sweep of
  /// budgets.
  default boolean ignores(String setting) {
    return false;
  }
}
