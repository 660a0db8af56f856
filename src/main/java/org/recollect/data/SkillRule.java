package org.recollect.data;

import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.recollect.tensor.RandomStream;

/// How the inputs of a [Skill] are drawn and how they are answered. The two know nothing of each
/// other: an input is drawn together with its answer, and the answer is worked out anew from the
/// input's text where an output is judged.
///
/// @param answers what its answers look like, a regular expression
/// @param inputs what its inputs look like, a regular expression
/// @param drawing inputs with their answers
/// @param answer to an input
record SkillRule(String answers, String inputs, Drawing drawing, UnaryOperator<String> answer) {

  static final String NUMBER = "[0-9]( [0-9])*";
  static final String LOWER = "[a-l]( [a-l])*";
  static final String CAPITALS = "[A-L]( [A-L])*";
  static final String YES_OR_NO = "yes|no";
  static final String SUM_INPUT = NUMBER + " [-+&] " + NUMBER;
  static final String COUNT_INPUT = "[a-l] : " + LOWER;
  static final String BRACKETS_INPUT = "[()]( [()])*";

  /// What is asked and what is to be answered, both without what frames them.
  record Drawn(String input, String answer) {}

  /// Draws from the inputs of a part; a rule whose parts are of one kind ignores which it is.
  interface Drawing {
    Drawn draw(Split split, RandomStream random);
  }

  /// The characters of a text, apart.
  static String spaced(String text) {
    return text.chars().mapToObj(Character::toString).collect(Collectors.joining(" "));
  }
}
