package org.recollect.kv.stream;

import org.recollect.lab.Measure;

/// What a [StreamStudy] measures. Items are films.
public final class StreamMeasures {

  /// Whether what is to be seen now is known.
  public static final Measure PRESENT =
      Measure.higher("present accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a film's questions about the present that are answered exactly");

  /// Whether what has gone from sight is known.
  public static final Measure PAST =
      Measure.higher("past accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a film's questions about the past that are answered exactly");

  /// What the memory takes.
  public static final Measure TOKENS_HELD =
      Measure.lower("tokens held", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .formula("the most visual tokens held after a frame");

  /// What a question costs.
  public static final Measure TOKENS_READ =
      Measure.lower("tokens read", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .formula("visual tokens read for a question, mean of a film's questions");

  /// What a question about the present costs.
  public static final Measure PRESENT_READ =
      Measure.lower("tokens read, present", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .formula("the same for questions about the present alone");

  private StreamMeasures() {}
}
