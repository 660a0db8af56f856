package org.recollect.lab;

import java.util.List;

/// What a study found: one row per trial. Immutable; complete in itself, so that a saved one
/// reloads without the study.
///
/// @param rows in the order in which the trials ran
public record Results(Setup setup, List<Row> rows) {
  public Results {
    rows = List.copyOf(rows);
  }

  /// The trials that failed, with what they said.
  public List<Row> failures() {
    return rows.stream().filter(Row::failed).toList();
  }

  /// The names of the arms, in the order in which they were compared.
  public List<String> arms() {
    return rows.stream().map(Row::arm).distinct().toList();
  }

  /// The rows without what no two runs share: wall-clock times and declarations.
  public List<Row> reproducible() {
    return rows.stream().map(Row::reproducible).toList();
  }

  @Override
  public String toString() {
    return setup.caption();
  }
}
