package org.recollect.lab;

import java.util.List;

/// What a run was: everything that its rows have in common.
///
/// @param study the kind of study
/// @param measures in the order of the columns
/// @param asides measures of what all arms share, which stand above a table
public record Setup(
    String study,
    Identity subject,
    Identity material,
    Scale scale,
    int seeds,
    List<Measure> measures,
    List<Measure> asides) {
  public Setup {
    measures = List.copyOf(measures);
    asides = List.copyOf(asides);
  }

  /// A run without asides.
  public Setup(
      String study,
      Identity subject,
      Identity material,
      Scale scale,
      int seeds,
      List<Measure> measures) {
    this(study, subject, material, scale, seeds, measures, List.of());
  }

  /// What a chart's title has room for.
  String heading() {
    return "%s on %s, %s scale".formatted(subject.name(), material.name(), scale);
  }

  /// As in `KvStudy of miniJava on java.util, laptop scale, 3 seeds`.
  public String caption() {
    return "%s of %s on %s, %s scale, %d %s"
        .formatted(
            study, subject.name(), material.name(), scale, seeds, seeds == 1 ? "seed" : "seeds");
  }
}
