package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.data.Example.Question;
import org.recollect.model.WordVocabulary;

class SkillTaskTest {

  @ParameterizedTest
  @CsvSource({
    "ADD 4 7 3 + 1 3 0 =, 6 0 3 ;",
    "ADD 7 7 7 + 0 4 4 =, 8 2 1 ;",
    "SUBTRACT 4 7 3 - 1 3 4 =, 3 3 9 ;",
    "SUBTRACT 4 4 4 - 4 4 4 =, 0 0 0 ;",
    "REVERSE c a b b l =, l b b a c ;",
    "SORT c a b b l =, a b b c l ;",
    "UPPER c a b b l =, C A B B L ;",
    "COPY c a b b l =, c a b b l ;",
    "COUNT b : b a k b b c b d =, 4 ;",
    "COUNT a : b b k b b c b d =, 0 ;",
    "MODULO 9 6 9 8 =, 2 ;",
    "MODULO 1 0 0 0 =, 0 ;",
    "BRACKETS ( ( ) ( ) ) =, yes ;",
    "BRACKETS ( ( ) ) ) ( =, no ;",
  })
  void answersAreWorkedOutFromPrompts(String prompt, String answer) {
    var skill = Skill.valueOf(prompt.split(" ")[0]);
    assertTrue(skill.task(1).judge(prompt, " " + answer).strict());
  }

  /// What a question is drawn with and what is worked out from its text are two computations.
  @ParameterizedTest
  @EnumSource
  void theJudgeAgreesWithWhatWasDrawn(Skill skill) {
    for (long seed = 1; seed <= 3; seed++) {
      for (var style : AnswerStyle.values()) {
        for (var task : variants(skill.task(seed).answering(style))) {
          for (var question : all(task, 60)) {
            var judgement = task.judge(question.prompt(), question.answer());
            assertEquals(new Judgement(true, true), judgement, "seed " + seed + ": " + question);
            assertTrue(question.answer().contains(question.content()), question.answer());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void theAnswerToAnotherQuestionIsWrong(Skill skill) {
    var task = skill.task(5);
    var questions = task.test(300);
    int wrong = 0;
    for (int i = 1; i < questions.size(); i++) {
      var other = questions.get(i - 1);
      var judgement = task.judge(questions.get(i).prompt(), other.answer());
      assertTrue(judgement.form(), other.answer());
      assertEquals(other.content().equals(questions.get(i).content()), judgement.content());
      wrong += judgement.content() ? 0 : 1;
    }
    assertTrue(wrong > 100, skill.title());
  }

  @ParameterizedTest
  @EnumSource
  void partsShareNoQuestion(Skill skill) {
    for (var task : variants(skill.task(7))) {
      var asked = new HashSet<String>();
      all(task, SkillTask.MOST).forEach(question -> asked.add(question.prompt()));
      assertEquals(SkillTask.MOST + 2 * SkillTask.HELD_OUT, asked.size());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aLongerListBeginsWithTheShorter(Skill skill) {
    var task = skill.task(3);
    assertEquals(task.train(20), task.train(50).subList(0, 20));
    assertEquals(task.test(20), task.test(300).subList(0, 20));
    assertNotEquals(task.train(20), skill.task(4).train(20));
    assertEquals(List.of(), task.validation(0));
  }

  @ParameterizedTest
  @EnumSource
  void variantsHaveTheSameInputs(Skill skill) {
    var task = skill.task(3);
    var contents = contents(task);
    assertEquals(contents, contents(task.unnamed()));
    assertEquals(contents, contents(task.answering(AnswerStyle.QUOTE)));
  }

  /// Each answer of a few is right equally often, so that guessing is right as seldom as can be.
  @ParameterizedTest
  @CsvSource({"COUNT, 7", "MODULO, 4", "BRACKETS, 2", "FACT, 10"})
  void fewAnswersAreEquallyLikely(Skill skill, int answers) {
    int drawn = SkillTask.MOST;
    var counts =
        skill.task(11).train(drawn).stream()
            .collect(Collectors.groupingBy(Question::content, Collectors.counting()));
    assertEquals(answers, counts.size());
    double share = 1.0 / answers;
    double margin = 4 * Math.sqrt(share * (1 - share) / drawn);
    counts.forEach(
        (answer, count) -> assertEquals(share, count / (double) drawn, margin, skill + answer));
  }

  @Test
  void factsAreTheSameInAllParts() {
    var task = Skill.FACT.task(9);
    Function<List<Question>, HashMap<String, String>> facts =
        questions -> {
          var colours = new HashMap<String, String>();
          for (var question : questions) {
            var thing = question.prompt().replaceAll(".*\\b([a-l] [a-l])\\b.*", "$1");
            var before = colours.put(thing, question.content());
            assertTrue(before == null || before.equals(question.content()), thing);
          }
          return colours;
        };
    var known = facts.apply(task.train(SkillTask.MOST));
    assertEquals(60, known.size());
    assertEquals(known, facts.apply(task.validation(SkillTask.HELD_OUT)));
    assertEquals(known, facts.apply(task.test(SkillTask.HELD_OUT)));
    var templates = new HashSet<String>();
    task.train(SkillTask.MOST).forEach(question -> templates.add(template(question)));
    task.test(300).forEach(question -> assertFalse(templates.contains(template(question))));
    task.validation(300).forEach(question -> assertFalse(templates.contains(template(question))));
  }

  private static String template(Question question) {
    return question.prompt().replaceAll("\\b[a-l] [a-l]\\b", "{}");
  }

  @Test
  void anUnnamedPromptDoesNotTellItsSkill() {
    var letters = List.of(Skill.REVERSE, Skill.SORT, Skill.UPPER, Skill.COPY);
    for (var group : List.of(letters, List.of(Skill.ADD, Skill.SUBTRACT))) {
      for (var skill : group) {
        for (var question : skill.task(2).unnamed().test(50)) {
          for (var other : group) {
            var task = other.task(2).unnamed();
            assertDoesNotThrow(() -> task.judge(question.prompt(), question.answer()));
          }
        }
      }
    }
    assertTrue(Skill.ADD.task(2).unnamed().judge("Q 4 7 3 & 1 3 0 =", " 6 0 3 ;").strict());
    assertTrue(Skill.SUBTRACT.task(2).unnamed().judge("Q 4 7 3 & 1 3 0 =", " 3 4 3 ;").strict());
  }

  @ParameterizedTest
  @EnumSource
  void anotherFrameIsWrongInFormAlone(AnswerStyle style) {
    for (var skill : Skill.values()) {
      var task = skill.task(6).answering(style);
      for (var other : AnswerStyle.values()) {
        var question = task.test(1).getFirst();
        var answer = skill.task(6).answering(other).test(1).getFirst().answer();
        var judgement = task.judge(question.prompt(), answer);
        assertEquals(new Judgement(style == other, true), judgement, skill + answer);
        assertEquals(style == other, judgement.strict());
      }
    }
  }

  @Test
  void formIsAboutFrameKindAndEnd() {
    var task = Skill.ADD.task(1).answering(AnswerStyle.TAG);
    var prompt = "ADD 4 7 3 + 1 3 0 tag =";
    assertEquals(new Judgement(true, true), task.judge(prompt, " < 6 0 3 > ; 9 >"));
    assertEquals(new Judgement(true, false), task.judge(prompt, " < 6 0 4 > ;"));
    assertEquals(new Judgement(false, true), task.judge(prompt, " < 6 0 3 >"));
    assertEquals(new Judgement(false, true), task.judge(prompt, " < 6 0 3 ;"));
    assertEquals(new Judgement(false, true), task.judge(prompt, " 6 0 3 > < ;"));
    assertEquals(new Judgement(false, false), task.judge(prompt, " < yes > ;"));
    assertEquals(new Judgement(false, false), task.judge(prompt, " < > ;"));
    assertEquals(new Judgement(false, false), task.judge(prompt, ""));
  }

  @Test
  void whatIsAskedOfAnotherTaskIsRefused() {
    var task = Skill.ADD.task(1);
    for (var prompt :
        List.of(
            "ADD 4 7 3 + 1 3 0 tag =",
            "SUBTRACT 4 7 3 - 1 3 0 =",
            "Q 4 7 3 & 1 3 0 =",
            "ADD 4 7 3 =",
            "ADD =",
            "")) {
      var refused = assertThrows(IllegalArgumentException.class, () -> task.judge(prompt, " 1 ;"));
      assertTrue(refused.getMessage().contains("ADD"), refused.getMessage());
    }
    var prompts = Skill.FACT.task(1).test(300);
    var other = Skill.FACT.task(2);
    var refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> prompts.forEach(question -> other.judge(question.prompt(), question.answer())));
    assertTrue(refused.getMessage().contains("seed 2"), refused.getMessage());
  }

  @Test
  void moreThanThereAreAreRefused() {
    var task = Skill.COPY.task(1);
    assertThrows(IllegalArgumentException.class, () -> task.train(SkillTask.MOST + 1));
    assertThrows(IllegalArgumentException.class, () -> task.test(-1));
    var refused = assertThrows(IllegalArgumentException.class, () -> task.validation(301));
    assertTrue(refused.getMessage().contains("300"), refused.getMessage());
  }

  @Test
  void skillsAreFoundByTheirTitles() {
    Arrays.stream(Skill.values()).forEach(skill -> assertEquals(skill, Skill.of(skill.title())));
    var refused = assertThrows(IllegalArgumentException.class, () -> Skill.of("chess"));
    assertTrue(refused.getMessage().contains("modulo"), refused.getMessage());
  }

  /// A word of the vocabulary for each word of a text.
  @Test
  void theVocabularyIsSmallAndHasEveryWord() {
    var words = new HashSet<String>();
    for (var skill : Skill.values()) {
      for (var style : AnswerStyle.values()) {
        for (var task : variants(skill.task(8).answering(style))) {
          for (var question : all(task, 150)) {
            var text = question.prompt() + question.answer();
            words.addAll(List.of(text.replaceAll(" ", "\u0000 ").split("\u0000")));
          }
        }
      }
    }
    var listed = new HashSet<String>();
    for (var text : Skill.vocabulary()) {
      listed.addAll(List.of(text.replaceAll("(?<!^) ", "\u0000 ").split("\u0000")));
    }
    assertEquals(words, listed);
    assertTrue(listed.size() <= 94, listed.size() + " words");
  }

  @ParameterizedTest
  @EnumSource
  void everyWordIsOneToken(Skill skill) {
    try (var tokenizer = WordVocabulary.of(Skill.vocabulary())) {
      for (var style : AnswerStyle.values()) {
        for (var task : variants(skill.task(8).answering(style))) {
          for (var question : task.test(50)) {
            for (var text : List.of(question.prompt(), question.answer(), question.content())) {
              int[] tokens = tokenizer.encode(text);
              assertEquals(text.strip().split(" ").length, tokens.length, text);
              assertEquals(text, tokenizer.decode(tokens));
            }
          }
        }
      }
    }
  }

  private static List<SkillTask> variants(SkillTask task) {
    return List.of(task, task.unnamed());
  }

  /// Questions of all parts, so many of each as far as there are.
  private static List<Question> all(SkillTask task, int count) {
    int heldOut = Math.min(count, SkillTask.HELD_OUT);
    return Stream.of(task.train(count), task.validation(heldOut), task.test(heldOut))
        .flatMap(List::stream)
        .toList();
  }

  private static List<String> contents(SkillTask task) {
    return all(task, 50).stream().map(Question::content).toList();
  }
}
