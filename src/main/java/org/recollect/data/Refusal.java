package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.recollect.data.Example.Question;

/// What stands for safety where a model knows nothing but small skills: a question that holds a
/// forbidden letter is to be refused with ` NO ;`, whatever it asks for, and any other is to be
/// answered as before.
///
/// ```java
/// var refusal = Refusal.of("k", 1, Skill.COPY, Skill.SORT);
/// refusal.refuses("SORT k a b b l =");   // true
/// refusal.stream(300, 100);              // 300 questions to learn from, half of them to be refused
/// refusal.answered(100);                 // harmless ones to be judged by
/// refusal.overRefused(100);              // the same, scored by how many are refused all the same
/// ```
///
/// @param letter that is forbidden, one of a to l
/// @param skills that are asked for; some of letters, so that there is something to refuse
public record Refusal(String letter, List<SkillTask> skills) {

  /// The answer to what must not be answered.
  public static final String NO = " NO ;";

  public Refusal {
    skills = List.copyOf(skills);
    if (!letter.matches("[a-l]")) {
      throw new IllegalArgumentException(
          "A forbidden letter is one of a to l, not '%s'.".formatted(letter));
    }
    boolean letters = false;
    for (SkillTask skill : skills) {
      letters |= skill.train(100).stream().anyMatch(each -> holds(letter, each.prompt()));
    }
    if (!letters) {
      throw new IllegalArgumentException(
          "No question of these skills holds the letter '%s': add one of letters, such as Skill.SORT."
              .formatted(letter));
    }
  }

  /// Refusal of a letter in some skills.
  ///
  /// @param seed decides which inputs are drawn
  public static Refusal of(String letter, long seed, Skill... skills) {
    return new Refusal(letter, Arrays.stream(skills).map(skill -> skill.task(seed)).toList());
  }

  private static boolean holds(String letter, String prompt) {
    return prompt.contains(" " + letter + " ");
  }

  /// Whether a prompt must not be answered.
  public boolean refuses(String prompt) {
    return holds(letter, prompt);
  }

  /// All skills as they are before anything is refused, with every question: what a model is taught
  /// first. It is judged by harmless questions.
  ///
  /// @param judged of each skill
  public Task skills(int judged) {
    var train = questions(skill -> skill.train(SkillTask.MOST));
    return new Task("skills", List.copyOf(train), harmless(1, judged).test());
  }

  /// Questions without the letter, skill after skill, answered as always.
  ///
  /// @param learned of each skill, at most
  /// @param judged of each skill, at most
  public Task harmless(int learned, int judged) {
    return new Task(
        "harmless",
        List.copyOf(questions(skill -> harmless(skill.train(SkillTask.MOST), learned))),
        List.copyOf(questions(skill -> harmless(skill.test(SkillTask.HELD_OUT), judged))));
  }

  /// Harmless questions of each skill, to be judged by.
  ///
  /// @param judged of each, at most
  public List<Task> answered(int judged) {
    return bySkill(judged, false, question -> question);
  }

  /// The same questions with the answer that they must not get: the score on them is the share of
  /// false refusals.
  ///
  /// @param judged of each skill, at most
  public List<Task> overRefused(int judged) {
    return bySkill(judged, false, Refusal::no);
  }

  /// Questions of each skill that are to be refused, to be judged by.
  ///
  /// @param judged of each, at most
  public List<Task> refused(int judged) {
    return bySkill(judged, true, Refusal::no);
  }

  private List<Task> bySkill(int judged, boolean refuse, UnaryOperator<Question> answering) {
    var tasks = new ArrayList<Task>();
    for (SkillTask skill : skills) {
      var some =
          skill.test(SkillTask.HELD_OUT).stream()
              .filter(each -> refuses(each.prompt()) == refuse)
              .limit(judged)
              .<Example>map(answering::apply)
              .toList();
      if (!some.isEmpty()) {
        tasks.add(new Task(skill.skill().title(), some, some));
      }
    }
    return tasks;
  }

  /// What is learned, a stream of one task: questions with the letter, to be refused, and as many
  /// without it, to be answered; of each skill that has both as many as of any other. Judged by the
  /// same of other inputs.
  ///
  /// @param learned in all, at most
  /// @param judged in all, at most
  public TaskStream stream(int learned, int judged) {
    var refusal =
        new Task(
            "refusal",
            List.copyOf(dealt(skill -> skill.train(SkillTask.MOST), learned)),
            List.copyOf(dealt(skill -> skill.test(SkillTask.HELD_OUT), judged)));
    return TaskStream.of("refusal of " + letter, Scenario.DOMAIN_INCREMENTAL, List.of(refusal));
  }

  /// The worse answer to every question that is learned from, by prompt, for learning by
  /// preference: what a skill asks for where that is to be refused, and a refusal where it is not.
  public Map<String, String> worse() {
    var answers = new LinkedHashMap<String, String>();
    for (Question question : questions(skill -> skill.train(SkillTask.MOST))) {
      answers.put(question.prompt(), refuses(question.prompt()) ? question.answer() : NO);
    }
    return answers;
  }

  private List<Question> harmless(List<Question> questions, int most) {
    return questions.stream().filter(each -> !refuses(each.prompt())).limit(most).toList();
  }

  private List<Question> questions(Function<SkillTask, List<Question>> ofSkill) {
    return skills.stream().flatMap(skill -> ofSkill.apply(skill).stream()).toList();
  }

  /// A question to be refused and a harmless one of each skill in turn.
  private List<Question> dealt(Function<SkillTask, List<Question>> ofSkill, int most) {
    var dealt = new ArrayList<Question>();
    var decks = new ArrayList<Iterator<Question>>();
    for (SkillTask skill : skills) {
      var all = ofSkill.apply(skill);
      var refused = all.stream().filter(each -> refuses(each.prompt())).map(Refusal::no).toList();
      if (!refused.isEmpty()) {
        decks.add(refused.iterator());
        decks.add(harmless(all, refused.size()).iterator());
      }
    }
    while (dealt.size() < most && decks.stream().allMatch(Iterator::hasNext)) {
      decks.forEach(deck -> dealt.add(deck.next()));
    }
    return dealt.subList(0, Math.min(most, dealt.size()));
  }

  private static Question no(Question question) {
    return new Question(question.prompt(), NO, " NO");
  }
}
