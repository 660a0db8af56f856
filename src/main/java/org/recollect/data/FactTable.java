package org.recollect.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.recollect.data.SkillRule.Drawn;
import org.recollect.tensor.RandomStream;

/// Facts that only a seed decides: the colours of things whose names have two letters. Each colour
/// is that of as many things as any other.
///
/// A fact is asked for by an opening and a wording. Each opening leaves two wordings out of the
/// training part: one is for the validation part and one for the test part. These ask for the same
/// facts, so that neither a word nor a fact is new there, but the question is.
///
/// @param seed of the facts
/// @param colours by the names of things, in random order
record FactTable(long seed, Map<String, String> colours) {

  private static final int FACTS = 60;

  private static final List<String> COLOURS =
      List.of("red blue green white black brown grey pink gold lime".split(" "));

  private static final List<String> OPENINGS =
      List.of("", "say ", "tell ", "please ", "now ", "well ", "so ");

  private static final List<String> WORDINGS =
      List.of(
          "colour of {}",
          "{} has colour",
          "what colour has {}",
          "{} is what colour",
          "{} colour",
          "the colour of {} is",
          "what is the colour of {}");

  private static final Pattern THING = Pattern.compile("\\b[a-l] [a-l]\\b");

  static FactTable of(long seed) {
    var random = RandomStream.of(seed, "facts");
    var letters = SkillInputs.LETTERS;
    int[] things = random.indices(FACTS, letters.length() * letters.length());
    var dealt = Invented.dealt(COLOURS, FACTS, random);
    var colours = new LinkedHashMap<String, String>();
    for (int i = 0; i < FACTS; i++) {
      char first = letters.charAt(things[i] / letters.length());
      char second = letters.charAt(things[i] % letters.length());
      colours.put(first + " " + second, dealt.get(i));
    }
    return new FactTable(seed, colours);
  }

  SkillRule rule() {
    return new SkillRule(
        String.join("|", COLOURS),
        ".*" + THING + ".*",
        (split, random) -> draw(split, random),
        this::answer);
  }

  private Drawn draw(Split split, RandomStream random) {
    int opening;
    int wording;
    do {
      opening = random.nextInt(OPENINGS.size());
      wording = random.nextInt(WORDINGS.size());
    } while (part(opening, wording) != split);
    var thing = random.pick(List.copyOf(colours.keySet()));
    var question = OPENINGS.get(opening) + WORDINGS.get(wording).replace("{}", thing);
    return new Drawn(question, colours.get(thing));
  }

  private static Split part(int opening, int wording) {
    return switch (Math.floorMod(wording - opening, WORDINGS.size())) {
      case 0 -> Split.VALIDATION;
      case 1 -> Split.TEST;
      default -> Split.TRAIN;
    };
  }

  private String answer(String input) {
    var thing = THING.matcher(input);
    thing.find();
    var colour = colours.get(thing.group());
    if (colour == null) {
      throw new IllegalArgumentException(
          "The facts of seed %d say nothing about '%s': judge an answer by the task that asked."
              .formatted(seed, thing.group()));
    }
    return colour;
  }

  /// All words of the questions, the names of things left out, and of the answers.
  static List<String> words() {
    return Stream.of(OPENINGS, WORDINGS, COLOURS)
        .flatMap(List::stream)
        .map(text -> text.replace("{}", " ").strip().replaceAll(" +", " "))
        .filter(text -> !text.isEmpty())
        .toList();
  }
}
