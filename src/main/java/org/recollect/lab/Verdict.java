package org.recollect.lab;

import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.recollect.papers.Paper;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/// What a study says about a paper: one finding for each of its claims, at a scale.
///
/// @param fixed the settings that took one value throughout
public record Verdict(Paper paper, Setup setup, Settings fixed, List<Finding> findings) {
  public Verdict {
    findings = List.copyOf(findings);
  }

  /// The finding on a claim.
  ///
  /// @throws java.util.NoSuchElementException when the paper has no such claim
  public Finding on(String claimId) {
    var claim = paper.claim(claimId);
    return findings.stream().filter(finding -> finding.claim().equals(claim)).findFirst().get();
  }

  /// How many claims got a ruling.
  public long count(Ruling ruling) {
    return findings.stream().filter(finding -> finding.ruling() == ruling).count();
  }

  /// Those claims alone that this study could put to a test, for a paper that takes several.
  public Verdict tested() {
    return new Verdict(
        paper,
        setup,
        fixed,
        findings.stream().filter(finding -> finding.ruling() != Ruling.NOT_TESTED).toList());
  }

  /// Claim, what must be measured for it to hold, the paper's own figure, what was measured, and
  /// the ruling.
  public Table table() {
    return Table.create(
        title(),
        column("claim", finding -> finding.claim().statement()),
        column("expected", Verdict::expected),
        column("paper's figure", finding -> finding.claim().paperFigure()),
        column("measured", Finding::measured),
        column("verdict", finding -> finding.ruling().toString()));
  }

  /// The paper, the subject, the scale and what was fixed.
  public String title() {
    return "%s: verdict at %s scale, on %s reading %s"
            .formatted(
                paper.shortName(), setup.scale(), setup.subject().name(), setup.material().name())
        + fixed.suffix();
  }

  @Override
  public String toString() {
    return findings.stream()
        .map(finding ->
            "%s: %s\n  %s"
                .formatted(finding.ruling(), finding.claim().statement(), finding.measured()))
        .collect(Collectors.joining("\n", title() + "\n", ""));
  }

  private static String expected(Finding finding) {
    return finding.claim().expectation().map(e -> e.describe()).orElse("");
  }

  private StringColumn column(String name, Function<Finding, String> content) {
    return StringColumn.create(name, findings.stream().map(content).toList());
  }
}
