package org.recollect.papers;

import java.util.Optional;

/// Something that a paper says about its method, or that must hold if what it says is right, and
/// that an experiment can contradict.
///
/// @param id short and unique within the paper: lower-case letters, digits and dashes
/// @param statement the claim in one sentence of our own
/// @param paperFigure the number that the paper itself reports for it, with its conditions;
///   [#NOT_STATED] where it reports none
/// @param expectation what must be measured for the claim to hold; empty while no study evaluates
///   it
public record Claim(
    String id, String statement, String paperFigure, Optional<Expectation> expectation) {

  /// The figure of a claim for which the sources that were read give no number.
  public static final String NOT_STATED = "not stated in the abstract";

  public Claim {
    requireId(id, "a claim's id");
    requireText(statement, "the statement of the claim \"%s\"".formatted(id));
    requireText(paperFigure, "the paper's figure for the claim \"%s\"".formatted(id));
  }

  static void requireText(String text, String what) {
    if (text == null || text.isBlank()) {
      throw new IllegalArgumentException("The text of %s is missing; write it.".formatted(what));
    }
  }

  static void requireId(String id, String what) {
    if (id == null || !id.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
      throw new IllegalArgumentException(
          "\"%s\" cannot be %s: use lower-case letters, digits and single dashes."
              .formatted(id, what));
    }
  }
}
