package org.recollect.data;

import static org.recollect.data.SkillRule.spaced;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.SkillRule.Drawn;
import org.recollect.tensor.RandomStream;

/// How the inputs of each [Skill] are drawn, with the answers that they are made for. Answers of a
/// few kinds (counts, remainders, yes and no) are equally likely.
final class SkillInputs {
  static final String LETTERS = "abcdefghijkl";

  private static final int WORD = 5;
  private static final int COUNTED = 8;

  // More would leave too few different inputs.
  private static final int MOST_COUNTED = 6;

  private static final String TARGETS = "abc";
  private static final int DIVISOR = 4;

  private SkillInputs() {}

  /// Two numbers of three digits of which the first is not the smaller one.
  private record Operands(int first, int second) {

    /// Sums and differences have the same operands, so that only their signs tell them apart.
    static Operands drawn(RandomStream random) {
      int first;
      int second;
      do {
        first = number(3, 8, random);
        second = number(0, 5, random);
      } while (first < second || first + second > 999);
      return new Operands(first, second);
    }

    private static int number(int from, int to, RandomStream random) {
      return random.ints(3, from, to).reduce(0, (number, digit) -> 10 * number + digit);
    }

    Drawn drawn(String sign, int result) {
      return new Drawn(digits(first) + sign + digits(second), digits(result));
    }

    private static String digits(int number) {
      return spaced("%03d".formatted(number));
    }
  }

  static Drawn sum(RandomStream random) {
    var operands = Operands.drawn(random);
    return operands.drawn(" + ", operands.first + operands.second);
  }

  static Drawn difference(RandomStream random) {
    var operands = Operands.drawn(random);
    return operands.drawn(" - ", operands.first - operands.second);
  }

  static Drawn reverse(RandomStream random) {
    var word = word(random);
    return drawn(word, word.reversed());
  }

  static Drawn sort(RandomStream random) {
    var word = word(random);
    return drawn(word, word.stream().sorted().toList());
  }

  static Drawn upper(RandomStream random) {
    var word = word(random);
    return drawn(word, word.stream().map(letter -> letter.toUpperCase(Locale.ROOT)).toList());
  }

  static Drawn copy(RandomStream random) {
    var word = word(random);
    return drawn(word, word);
  }

  /// One of three letters, some of whose places others have taken.
  static Drawn count(RandomStream random) {
    var target = letter(TARGETS, random);
    int count = random.nextInt(MOST_COUNTED + 1);
    var others = LETTERS.replace(target, "");
    var letters =
        Stream.concat(
                Collections.nCopies(count, target).stream(),
                IntStream.range(count, COUNTED).mapToObj(_ -> letter(others, random)))
            .toList();
    return new Drawn(
        target + " : " + String.join(" ", random.shuffle(letters)), Integer.toString(count));
  }

  /// Numbers of four digits up to 7.
  static Drawn modulo(RandomStream random) {
    var digits = random.ints(4, 0, 8).mapToObj(Integer::toString).collect(Collectors.joining());
    return new Drawn(spaced(digits), Integer.toString(Integer.parseInt(digits) % DIVISOR));
  }

  /// Each balanced order of so many pairs is as likely as any other. Half of the time two brackets
  /// change places, until they are no longer balanced.
  static Drawn brackets(RandomStream random) {
    var brackets = "()".repeat(random.nextInt(8, 11)).chars().mapToObj(c -> (char) c).toList();
    do {
      brackets = random.shuffle(brackets);
    } while (!ChoiceSkills.isBalanced(brackets));
    boolean balanced = random.nextBoolean();
    while (!balanced && ChoiceSkills.isBalanced(brackets)) {
      int[] places = random.indices(2, brackets.size());
      brackets = new ArrayList<>(brackets);
      Collections.swap(brackets, places[0], places[1]);
    }
    var spelled = brackets.stream().map(String::valueOf).collect(Collectors.joining(" "));
    return new Drawn(spelled, balanced ? "yes" : "no");
  }

  private static List<String> word(RandomStream random) {
    return IntStream.range(0, WORD).mapToObj(_ -> letter(LETTERS, random)).toList();
  }

  private static String letter(String letters, RandomStream random) {
    return Character.toString(letters.charAt(random.nextInt(letters.length())));
  }

  private static Drawn drawn(List<String> input, List<String> answer) {
    return new Drawn(String.join(" ", input), String.join(" ", answer));
  }
}
