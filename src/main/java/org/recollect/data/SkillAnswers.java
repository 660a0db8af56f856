package org.recollect.data;

import static org.recollect.data.SkillRule.spaced;

import java.util.Locale;

/// The answers to the inputs of each [Skill], worked out from their texts, digit by digit and
/// letter by letter; inputs of other shapes than [SkillRule#inputs] are not expected.
final class SkillAnswers {

  private SkillAnswers() {}

  static String sum(String input) {
    return columns(input, 1);
  }

  static String difference(String input) {
    return columns(input, -1);
  }

  /// On paper: column by column from the right, what does not fit is carried to the left.
  private static String columns(String input, int sign) {
    var operands = input.replace(" ", "").split("[-+&]");
    var result = new StringBuilder();
    int carry = 0;
    for (int i = operands[0].length() - 1; i >= 0; i--) {
      int column = digit(operands[0], i) + sign * digit(operands[1], i) + carry;
      result.append(Math.floorMod(column, 10));
      carry = Math.floorDiv(column, 10);
    }
    return spaced(result.reverse().toString());
  }

  private static int digit(String number, int place) {
    return number.charAt(place) - '0';
  }

  static String reverse(String input) {
    return new StringBuilder(input).reverse().toString();
  }

  /// By counting how often each letter occurs.
  static String sort(String input) {
    var sorted = new StringBuilder();
    SkillInputs.LETTERS
        .chars()
        .forEach(
            letter -> sorted.repeat(letter, (int) input.chars().filter(c -> c == letter).count()));
    return spaced(sorted.toString());
  }

  static String upper(String input) {
    return input.toUpperCase(Locale.ROOT);
  }

  static String copy(String input) {
    return input;
  }

  static String count(String input) {
    var letters = input.substring(input.indexOf(':'));
    return Long.toString(letters.chars().filter(c -> c == input.charAt(0)).count());
  }

  /// Digit by digit, so that the number may be of any length.
  static String modulo(String input) {
    int remainder =
        input.replace(" ", "").chars().reduce(0, (r, digit) -> (10 * r + digit - '0') % 4);
    return Integer.toString(remainder);
  }

  /// Pairs are taken out from the inside until none is left.
  static String brackets(String input) {
    var left = input.replace(" ", "");
    while (left.contains("()")) {
      left = left.replace("()", "");
    }
    return left.isEmpty() ? "yes" : "no";
  }
}
