package org.recollect.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.recollect.papers.Paper;
import tech.tablesaw.api.Table;

/// What a study found: one row per trial. Immutable; complete in itself, so that a saved one
/// reloads without the study.
///
/// ```java
/// study.table();
/// study.plot().x(BYTES_PER_TOKEN).y(PERPLEXITY).byArm();
/// study.verdict(Papers.ROTATE_KV);
/// ```
///
/// @param rows in the order in which the trials ran
public record Results(Setup setup, List<Row> rows) {
  public Results {
    rows = List.copyOf(rows);
  }

  /// Reads what [#save] wrote.
  ///
  /// @throws IllegalArgumentException when the file does not hold saved results
  public static Results load(Path file) {
    return ResultsFile.load(file);
  }

  /// The names of the arms, in the order in which they were compared.
  public List<String> arms() {
    return rows.stream().map(Row::arm).distinct().toList();
  }

  /// The trials that failed, with what they said.
  public List<Row> failures() {
    return rows.stream().filter(Row::failed).toList();
  }

  /// The mean of each arm and setting over seeds, rounded to what the spread supports, and what a
  /// trial cost. At most seven columns; the caption names the measures that do not fit and what
  /// failed.
  public Table table() {
    return new ResultsTable(this).summary(setup.measures());
  }

  /// The same for the measures chosen.
  ///
  /// @throws IllegalArgumentException when one was not measured
  public Table table(Measure... measures) {
    Arrays.stream(measures).forEach(this::requireMeasured);
    return new ResultsTable(this).summary(List.of(measures));
  }

  /// One line per trial with plain numbers, to compute with.
  public Table longForm() {
    return new ResultsTable(this).longForm();
  }

  /// Begins a plot.
  public Plot plot() {
    return Plot.of(this);
  }

  /// Holds the paper's claims against these results: a claim is supported when the 95 % interval of
  /// a paired bootstrap lies on its side altogether. At smoke scale nothing is.
  ///
  /// @throws IllegalStateException when the claims were not declared before the trials ran
  public Verdict verdict(Paper paper) {
    return new Judge(this).verdict(paper);
  }

  /// Writes everything to a file that ends in `.json` or `.csv`, all of it or nothing.
  ///
  /// @throws java.io.UncheckedIOException when it cannot be written
  public void save(Path file) {
    ResultsFile.save(this, file);
  }

  /// The rows without what no two runs share: wall-clock times and declarations.
  public List<Row> reproducible() {
    return rows.stream().map(Row::reproducible).toList();
  }

  /// Whether a setting takes several values here.
  boolean varies(String setting) {
    return rows.stream().map(row -> row.settings().values().get(setting)).distinct().count() > 1;
  }

  void requireMeasured(Measure measure) {
    if (!setup.measures().contains(measure)) {
      throw new IllegalArgumentException(
          "'%s' was not measured in this study, only %s.".formatted(measure, setup.measures()));
    }
  }

  @Override
  public String toString() {
    return setup.caption();
  }
}
