package org.recollect.data;

import static org.recollect.data.SkillRule.CAPITALS;
import static org.recollect.data.SkillRule.LOWER;
import static org.recollect.data.SkillRule.NUMBER;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.recollect.tensor.RandomStream;

/// A small skill whose questions have one right answer, which a rule checks: what a model of a
/// quarter of a million parameters is taught one after another, to see what it forgets.
///
/// | skill | a prompt | its answer | |
/// |---|---|---|---|
/// | add | `ADD 4 7 3 + 1 3 0 =` | ` 6 0 3 ;` | at most 999 |
/// | subtract | `SUBTRACT 4 7 3 - 1 3 0 =` | ` 3 4 3 ;` | at least 0 |
/// | reverse | `REVERSE c a b b l =` | ` l b b a c ;` | five of twelve letters |
/// | sort | `SORT c a b b l =` | ` a b b c l ;` | the same |
/// | upper | `UPPER c a b b l =` | ` C A B B L ;` | the same |
/// | copy | `COPY c a b b l =` | ` c a b b l ;` | the same |
/// | count | `COUNT b : b a k b b c b d =` | ` 4 ;` | 0 to 6 times a, b or c among eight letters |
/// | modulo | `MODULO 5 6 7 6 =` | ` 0 ;` | the remainder of a division by 4 |
/// | brackets | `BRACKETS ( ( ) ( ) ) ) ( ( ) ) ( ( ( ) ) =` | ` no ;` | whether 8 to 10 pairs are balanced |
/// | fact | `FACT tell what colour has k b =` | ` green ;` | one of 60, each asked in 49 ways |
///
/// Characters stand apart, so that [#vocabulary] gives each a token of its own. Sizes are chosen
/// for such a model to learn each skill from 2 000 inputs in 400 steps of 32 questions, in which it
/// learns neither differences of any two numbers nor remainders of 7 nor to count any letter. So
/// the digits of the first number are 3 to 7 and those of the second one 0 to 4, which keeps
/// carries and borrows rare.
public enum Skill {
  ADD(NUMBER, SkillRule.SUM_INPUT, SkillInputs::sum, SkillAnswers::sum),
  SUBTRACT(NUMBER, SkillRule.SUM_INPUT, SkillInputs::difference, SkillAnswers::difference),
  REVERSE(LOWER, LOWER, SkillInputs::reverse, SkillAnswers::reverse),
  SORT(LOWER, LOWER, SkillInputs::sort, SkillAnswers::sort),
  UPPER(CAPITALS, LOWER, SkillInputs::upper, SkillAnswers::upper),
  COUNT(NUMBER, SkillRule.COUNT_INPUT, SkillInputs::count, SkillAnswers::count),
  MODULO(NUMBER, NUMBER, SkillInputs::modulo, SkillAnswers::modulo),
  BRACKETS(
      SkillRule.YES_OR_NO, SkillRule.BRACKETS_INPUT, SkillInputs::brackets, SkillAnswers::brackets),
  COPY(LOWER, LOWER, SkillInputs::copy, SkillAnswers::copy),
  FACT(seed -> FactTable.of(seed).rule());

  /// What stands for every operation and every sign where neither is named.
  static final String UNNAMED = "Q";

  static final String UNNAMED_SIGN = "&";

  private final LongFunction<SkillRule> rule;

  Skill(LongFunction<SkillRule> rule) {
    this.rule = rule;
  }

  Skill(
      String answers,
      String inputs,
      Function<RandomStream, SkillRule.Drawn> draw,
      UnaryOperator<String> answer) {
    this(_ -> new SkillRule(answers, inputs, (_, random) -> draw.apply(random), answer));
  }

  /// As it reads in tables, such as `subtract`.
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// The skill of this title.
  ///
  /// @throws IllegalArgumentException if there is none, naming all
  public static Skill of(String title) {
    for (var skill : values()) {
      if (skill.title().equals(title)) {
        return skill;
      }
    }
    throw new IllegalArgumentException(
        "There is no skill '%s'; the skills are %s."
            .formatted(title, Arrays.stream(values()).map(Skill::title).toList()));
  }

  /// The questions of this skill, named and answered plainly.
  ///
  /// @param seed decides which inputs are drawn, and which facts hold
  public SkillTask task(long seed) {
    return new SkillTask(this, seed, true, AnswerStyle.PLAIN);
  }

  /// Texts of every word in the prompts and answers of all skills, less than 96: what a vocabulary
  /// of words is made of.
  public static List<String> vocabulary() {
    var texts = new ArrayList<String>();
    texts.add(UNNAMED);
    Arrays.stream(values()).map(Skill::name).forEach(texts::add);
    var capitals = SkillInputs.LETTERS.toUpperCase(Locale.ROOT);
    var symbols = SkillRule.spaced("0123456789" + SkillInputs.LETTERS + capitals + "+-:=()");
    Stream.of(List.of(symbols, UNNAMED_SIGN, "yes no"), AnswerStyle.words(), FactTable.words())
        .flatMap(List::stream)
        .map(" "::concat)
        .forEach(texts::add);
    return List.copyOf(texts);
  }

  SkillRule rule(long seed) {
    return rule.apply(seed);
  }
}
