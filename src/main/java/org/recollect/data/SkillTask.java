package org.recollect.data;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.recollect.tensor.RandomStream;

/// The questions of a [Skill], in parts that share no question, and the judge of their answers.
///
/// ```java
/// var task = Skill.REVERSE.task(seed).unnamed();
/// List<Example.Question> lessons = task.train(2000);
/// Judgement judgement = task.judge("Q c a b b l =", " l b b a c ;");   // right
/// ```
///
/// The parts hold different inputs; of [Skill#FACT] they ask for the same facts in other wordings.
/// Named or not and in whatever style, a task has the same inputs in the same order.
///
/// @param skill that is asked for
/// @param seed decides which inputs are drawn, and which facts hold
/// @param named whether the prompt says what is to be done; see [#unnamed]
/// @param style the frame of the answers
public record SkillTask(Skill skill, long seed, boolean named, AnswerStyle style) {

  /// The questions of the training part.
  public static final int MOST = 2000;

  /// The questions of the validation part, and as many of the test part.
  public static final int HELD_OUT = 300;

  private static final List<Split> PARTS = List.of(Split.VALIDATION, Split.TEST, Split.TRAIN);

  /// The hard variant: every operation is called `Q` and every sign `&`. Where skills have inputs
  /// of one form, a prompt no longer tells which of them is meant: reverse, sort, upper and copy
  /// all get five letters of one distribution, add and subtract two numbers of one distribution.
  /// That is its point: what such a prompt means is what was learned last, unless something else
  /// tells. The other skills are still known by their inputs.
  public SkillTask unnamed() {
    return new SkillTask(skill, seed, false, style);
  }

  /// The same questions, to be answered in another style.
  public SkillTask answering(AnswerStyle style) {
    return new SkillTask(skill, seed, named, style);
  }

  /// Questions to learn from; a longer list begins with the shorter one.
  ///
  /// @param count 0 to [#MOST]
  public List<Example.Question> train(int count) {
    return questions(Split.TRAIN, count);
  }

  /// Questions to choose settings by.
  ///
  /// @param count 0 to [#HELD_OUT]
  public List<Example.Question> validation(int count) {
    return questions(Split.VALIDATION, count);
  }

  /// Questions to report.
  ///
  /// @param count 0 to [#HELD_OUT]
  public List<Example.Question> test(int count) {
    return questions(Split.TEST, count);
  }

  private List<Example.Question> questions(Split split, int count) {
    if (count < 0 || count > size(split)) {
      throw new IllegalArgumentException(
          "A skill has up to %d questions in its %s part, not %d: ask for fewer."
              .formatted(size(split), split.name().toLowerCase(Locale.ROOT), count));
    }
    return drawn(split, count).stream().map(this::question).toList();
  }

  private static int size(Split split) {
    return split == Split.TRAIN ? MOST : HELD_OUT;
  }

  /// The small parts are drawn first, so that they do not depend on how much is learned from.
  private List<SkillRule.Drawn> drawn(Split split, int count) {
    var known = new HashSet<String>();
    List<SkillRule.Drawn> drawn = List.of();
    for (var part : PARTS.subList(0, PARTS.indexOf(split) + 1)) {
      drawn = unknown(part, part == split ? count : size(part), known);
    }
    return drawn;
  }

  private List<SkillRule.Drawn> unknown(Split part, int count, Set<String> known) {
    var drawing = skill.rule(seed).drawing();
    var random = RandomStream.of(seed, "skill", skill, part);
    var drawn = new ArrayList<SkillRule.Drawn>();
    while (drawn.size() < count) {
      var next = drawing.draw(part, random);
      if (known.add(next.input())) {
        drawn.add(next);
      }
    }
    return drawn;
  }

  private Example.Question question(SkillRule.Drawn drawn) {
    var input = named ? drawn.input() : drawn.input().replaceAll("[-+]", Skill.UNNAMED_SIGN);
    return new Example.Question(
        operation() + input + style.request(),
        " " + style.framed(drawn.answer()),
        " " + drawn.answer());
  }

  private String operation() {
    return (named ? skill.name() : Skill.UNNAMED) + " ";
  }

  /// What is right about an output. The right answer is worked out from the prompt's text; what was
  /// drawn with it does not count. What an output says after the end of its answer, ` ;`, does not
  /// count either.
  ///
  /// @param prompt of this task
  /// @param output what a model said after it
  /// @throws IllegalArgumentException if the prompt is of another task
  public Judgement judge(String prompt, String output) {
    var rule = skill.rule(seed);
    var answer = rule.answer().apply(input(prompt, rule));
    var said = AnswerStyle.said(output);
    var content = AnswerStyle.bare(said);
    boolean form = said.equals(style.framed(content)) && content.matches(rule.answers());
    return new Judgement(form, content.equals(answer));
  }

  private String input(String prompt, SkillRule rule) {
    if (prompt.startsWith(operation()) && prompt.endsWith(style.request())) {
      int end = prompt.length() - style.request().length();
      var input = prompt.substring(Math.min(end, operation().length()), end);
      if (input.matches(rule.inputs())) {
        return input;
      }
    }
    throw new IllegalArgumentException(
        "'%s' is no prompt of this task, such as '%s': judge an answer by the task that asked."
            .formatted(prompt, train(1).getFirst().prompt()));
  }
}
