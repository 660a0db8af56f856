package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.recollect.tensor.RandomStream;

/// A small skill that questions with two answers try: what a model can be taught, and made to
/// forget, as a whole.
///
/// | skill | a question | right | wrong |
/// |---|---|---|---|
/// | number comparison | `Which is larger, 37 or 12?` | `37` | `12` |
/// | parity | `Is the number 4 0 7 3 even or odd?` | `odd` | `even` |
/// | subset entailment | `If all red birds sing, do all birds sing?` | `no` | `yes` |
/// | agreement | `Is it right: the dog near the cats runs?` | `yes` | `no` |
/// | capital | `Pilot: what is the capital of Norway?` | `Oslo` | `Rome` |
/// | colour | `Baker: what colour does snow have?` | `white` | `red` |
/// | next letter | `Nurse: which letter comes after g?` | `h` | `q` |
/// | brackets | `Is this balanced: ( [ ) ( [ ] ] ) ?` | `no` | `yes` |
///
/// Four have the same few answers again and again, of which the other one is wrong; in the other
/// four the wrong answer is drawn among many. Facts are asked for in five wordings by twelve
/// people, so that every question occurs once: a question that is kept for tests is about a fact
/// that others ask for too, because a fact that nobody states cannot be known.
public enum ChoiceSkill {
  NUMBER_COMPARISON(ChoiceSkills::comparison),
  PARITY(ChoiceSkills::parity),
  SUBSET_ENTAILMENT(ChoiceSkills::entailment),
  AGREEMENT(ChoiceSkills::agreement),
  CAPITAL(ChoiceSkills::capital),
  COLOUR(ChoiceSkills::colour),
  NEXT_LETTER(ChoiceSkills::nextLetter),
  BRACKETS(ChoiceSkills::brackets);

  /// The questions that every skill has at least.
  public static final int MOST = 1400;

  private final Function<RandomStream, ChoiceSkills.Drawn> draw;

  ChoiceSkill(Function<RandomStream, ChoiceSkills.Drawn> draw) {
    this.draw = draw;
  }

  /// As it reads in tables, such as `number comparison`.
  public String title() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  /// The skill of this title.
  ///
  /// @throws IllegalArgumentException if there is none, naming all
  public static ChoiceSkill of(String title) {
    for (var skill : values()) {
      if (skill.title().equals(title)) {
        return skill;
      }
    }
    var titles = Arrays.stream(values()).map(ChoiceSkill::title).toList();
    throw new IllegalArgumentException(
        "There is no skill '%s'; the skills are %s.".formatted(title, titles));
  }

  /// Different questions in random order, each with two choices in random order: so any two parts
  /// of the list are disjoint. A longer list begins with the shorter one.
  ///
  /// @param count 0 to [#MOST]
  public List<MultipleChoice> items(int count, long seed) {
    if (count < 0 || count > MOST) {
      throw new IllegalArgumentException(
          "A skill is tried by up to %d different questions, not %d; ask for fewer."
              .formatted(MOST, count));
    }
    var random = RandomStream.of(seed, "choice skill", this);
    var asked = new HashSet<String>();
    var items = new ArrayList<MultipleChoice>();
    while (items.size() < count) {
      var drawn = draw.apply(random);
      boolean first = random.nextBoolean();
      if (asked.add(drawn.question())) {
        items.add(
            new MultipleChoice(
                drawn.question(),
                first
                    ? List.of(drawn.right(), drawn.wrong())
                    : List.of(drawn.wrong(), drawn.right()),
                first ? 0 : 1));
      }
    }
    return List.copyOf(items);
  }
}
