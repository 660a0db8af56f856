package org.recollect.data;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.recollect.tensor.RandomStream;

/// How the questions of each [ChoiceSkill] are drawn. Where two answers are possible, each is right
/// half of the time.
final class ChoiceSkills {
  private static final List<String> PEOPLE =
      words("Teacher Pilot Baker Farmer Doctor Painter Sailor Lawyer Nurse Driver Singer Clerk");

  private static final Facts CAPITALS =
      new Facts(
          """
          France Paris
          Italy Rome
          Spain Madrid
          Germany Berlin
          England London
          Austria Vienna
          Greece Athens
          Portugal Lisbon
          Norway Oslo
          Sweden Stockholm
          Denmark Copenhagen
          Finland Helsinki
          Poland Warsaw
          Hungary Budapest
          Ireland Dublin
          Belgium Brussels
          Egypt Cairo
          Kenya Nairobi
          Ghana Accra
          Japan Tokyo
          China Beijing
          India Delhi
          Peru Lima
          Cuba Havana\
          """,
          """
          what is the capital of {}
          which city is the capital of {}
          which capital does {} have
          {} has which capital
          name the capital of {}\
          """);

  private static final Facts COLOURS =
      new Facts(
          """
          snow white
          milk white
          flour white
          grass green
          spinach green
          moss green
          blood red
          fire red
          rust red
          coal black
          tar black
          soot black
          chocolate brown
          mud brown
          coffee brown
          butter yellow
          gold yellow
          straw yellow
          sapphire blue
          denim blue
          ash grey
          lead grey
          salmon pink
          lavender purple\
          """,
          """
          what colour is {}
          what colour does {} have
          which colour has {}
          {} has what colour
          name the colour of {}\
          """);

  private static final Facts LETTERS =
      new Facts(
          "abcdefghijklmnopqrstuvwxy"
              .chars()
              .mapToObj(letter -> (char) letter + " " + (char) (letter + 1))
              .collect(Collectors.joining("\n")),
          """
          which letter comes after {}
          which letter follows {}
          what is the letter after {}
          {} is followed by which letter
          name the letter after {}\
          """);

  private static final List<String> ANIMALS =
      words("bird dog cat horse bear cow goat lion hen duck ape frog");
  private static final List<String> VERBS = words("sing run sleep swim jump eat drink play");
  private static final List<String> KINDS =
      words("small red old young wild tame fast slow lazy happy");

  private ChoiceSkills() {}

  /// A question with its answers.
  record Drawn(String question, String right, String wrong) {

    /// A question that is answered by yes or no.
    static Drawn yesOrNo(String question, boolean yes) {
      return of(question, yes, "yes", "no");
    }

    static Drawn of(String question, boolean holds, String ifSo, String ifNot) {
      return new Drawn(question, holds ? ifSo : ifNot, holds ? ifNot : ifSo);
    }
  }

  static Drawn comparison(RandomStream random) {
    int[] pair = random.indices(2, 40);
    boolean largest = random.nextBoolean();
    var question =
        "Which is %s, %d or %d?".formatted(largest ? "larger" : "smaller", pair[0], pair[1]);
    return Drawn.of(
        question,
        largest == pair[0] > pair[1],
        Integer.toString(pair[0]),
        Integer.toString(pair[1]));
  }

  /// Numbers of four digits, spelled: only the last one tells.
  static Drawn parity(RandomStream random) {
    int number = random.nextInt(1000, 10_000);
    var digits =
        Integer.toString(number)
            .chars()
            .mapToObj(Character::toString)
            .collect(Collectors.joining(" "));
    return Drawn.of(
        "Is the number %s even or odd?".formatted(digits), number % 2 == 0, "even", "odd");
  }

  /// What holds of all of a set holds of all of its subsets, and what holds of some of a subset
  /// holds of some of the set; not the other way round.
  static Drawn entailment(RandomStream random) {
    String set = random.pick(ANIMALS) + "s";
    String subset = random.pick(KINDS) + " " + set;
    String verb = random.pick(VERBS);
    boolean all = random.nextBoolean();
    boolean toSubset = random.nextBoolean();
    String quantifier = all ? "all" : "some";
    var question =
        "If %s %s %s, do %s %s %s?"
            .formatted(
                quantifier,
                toSubset ? set : subset,
                verb,
                quantifier,
                toSubset ? subset : set,
                verb);
    return Drawn.yesOrNo(question, all == toSubset);
  }

  /// The verb agrees with the first noun, whatever the second one is.
  static Drawn agreement(RandomStream random) {
    int[] nouns = random.indices(2, ANIMALS.size());
    boolean plural = random.nextBoolean();
    boolean pluralVerb = random.nextBoolean();
    var question =
        "Is it right: the %s near the %s %s?"
            .formatted(
                ANIMALS.get(nouns[0]) + (plural ? "s" : ""),
                ANIMALS.get(nouns[1]) + (random.nextBoolean() ? "s" : ""),
                random.pick(VERBS) + (pluralVerb ? "" : "s"));
    return Drawn.yesOrNo(question, plural == pluralVerb);
  }

  static Drawn capital(RandomStream random) {
    return CAPITALS.drawn(random);
  }

  static Drawn colour(RandomStream random) {
    return COLOURS.drawn(random);
  }

  static Drawn nextLetter(RandomStream random) {
    return LETTERS.drawn(random);
  }

  /// Eight to twelve brackets of two kinds; half of the time their order is lost, until they are no
  /// longer balanced.
  static Drawn brackets(RandomStream random) {
    var brackets = balanced(random.nextInt(4, 7), random).chars().mapToObj(c -> (char) c).toList();
    if (random.nextBoolean()) {
      while (isBalanced(brackets)) {
        brackets = random.shuffle(brackets);
      }
    }
    var spelled = brackets.stream().map(String::valueOf).collect(Collectors.joining(" "));
    return Drawn.yesOrNo("Is this balanced: " + spelled + " ?", isBalanced(brackets));
  }

  private static String balanced(int pairs, RandomStream random) {
    if (pairs == 0) {
      return "";
    }
    int inside = random.nextInt(pairs);
    boolean round = random.nextBoolean();
    return (round ? "(" : "[")
        + balanced(inside, random)
        + (round ? ")" : "]")
        + balanced(pairs - 1 - inside, random);
  }

  static boolean isBalanced(List<Character> brackets) {
    var open = new ArrayDeque<Character>();
    for (char bracket : brackets) {
      if (bracket == '(' || bracket == '[') {
        open.push(bracket);
      } else if (open.isEmpty() || open.pop() != (bracket == ')' ? '(' : '[')) {
        return false;
      }
    }
    return open.isEmpty();
  }

  private static List<String> words(String spaced) {
    return List.of(spaced.split(" "));
  }

  /// Facts known by heart: whoever has the same value is no wrong answer.
  ///
  /// @param facts what a fact is about and its value, a fact each
  /// @param wordings of the question, `{}` for what it is about
  private record Facts(List<List<String>> facts, List<String> wordings) {

    Facts(String facts, String wordings) {
      this(facts.lines().map(ChoiceSkills::words).toList(), Arrays.asList(wordings.split("\n")));
    }

    Drawn drawn(RandomStream random) {
      var fact = random.pick(facts);
      var values = facts.stream().map(List::getLast).distinct();
      var wrong = random.pick(values.filter(value -> !value.equals(fact.getLast())).toList());
      var question = random.pick(wordings).replace("{}", fact.getFirst());
      return new Drawn(random.pick(PEOPLE) + ": " + question + "?", fact.getLast(), wrong);
    }
  }
}
