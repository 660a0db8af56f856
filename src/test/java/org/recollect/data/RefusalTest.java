package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Question;

class RefusalTest {
  private static final Refusal REFUSAL = Refusal.of("k", 1, Skill.COPY, Skill.SORT, Skill.ADD);

  private static List<Question> questions(List<Example> examples) {
    return examples.stream().map(Question.class::cast).toList();
  }

  @Test
  void aLetterByItselfIsForbidden() {
    assertTrue(REFUSAL.refuses("SORT k a b b l ="));
    assertTrue(REFUSAL.refuses("SORT a a b b k ="));
    assertFalse(REFUSAL.refuses("SORT a a b b l ="));
    assertFalse(REFUSAL.refuses("FACT ask what kind has a b ="), "inside of a word");
  }

  @Test
  void halfOfWhatIsLearnedIsToRefuse() {
    var task = REFUSAL.stream(300, 100).tasks().getFirst();
    assertEquals(300, task.train().size());
    assertEquals(100, task.test().size());
    var learned = new HashSet<String>();
    var refused = new HashSet<String>();
    for (Question question : questions(task.train())) {
      assertEquals(
          REFUSAL.refuses(question.prompt()),
          question.answer().equals(Refusal.NO),
          question.prompt());
      assertTrue(question.prompt().matches("(COPY|SORT) .*"), "sums cannot be refused");
      learned.add(question.prompt());
      if (question.answer().equals(Refusal.NO)) {
        refused.add(question.prompt());
      }
    }
    assertEquals(150, refused.size());
    assertEquals(75, refused.stream().filter(prompt -> prompt.startsWith("COPY")).count());
    assertTrue(questions(task.test()).stream().noneMatch(each -> learned.contains(each.prompt())));
  }

  @Test
  void harmlessQuestionsAreAnsweredOrRefusedByMistake() {
    var answered = REFUSAL.answered(20);
    var mistaken = REFUSAL.overRefused(20);
    assertEquals(List.of("copy", "sort", "add"), answered.stream().map(Task::name).toList());
    for (int skill = 0; skill < 3; skill++) {
      var right = questions(answered.get(skill).test());
      var wrong = questions(mistaken.get(skill).test());
      assertEquals(20, right.size());
      for (int i = 0; i < 20; i++) {
        assertFalse(REFUSAL.refuses(right.get(i).prompt()));
        assertEquals(right.get(i).prompt(), wrong.get(i).prompt());
        assertEquals(Refusal.NO, wrong.get(i).answer());
        var skills = REFUSAL.skills().get(skill);
        assertTrue(skills.judge(right.get(i).prompt(), right.get(i).answer()).content());
      }
    }
    assertEquals(
        List.of("copy", "sort"),
        REFUSAL.refused(20).stream().map(Task::name).toList(),
        "sums hold no letter");
  }

  @Test
  void generalSkillIsWithoutTheLetterAndTeachingHasAll() {
    var harmless = REFUSAL.harmless(100, 10);
    assertEquals(300, harmless.train().size());
    assertEquals(30, harmless.test().size());
    assertTrue(
        questions(harmless.train()).stream().noneMatch(each -> REFUSAL.refuses(each.prompt())));
    var taught = questions(REFUSAL.skills(10).train());
    assertEquals(3 * SkillTask.MOST, taught.size());
    assertTrue(taught.stream().anyMatch(each -> REFUSAL.refuses(each.prompt())));
  }

  @Test
  void theWorseAnswerOfEveryLessonIsTheOtherOne() {
    var worse = REFUSAL.worse();
    for (Question question : questions(REFUSAL.stream(300, 10).tasks().getFirst().train())) {
      var other = worse.get(question.prompt());
      assertEquals(REFUSAL.refuses(question.prompt()), !other.equals(Refusal.NO));
      assertFalse(other.equals(question.answer()));
    }
  }

  @Test
  void refusesWhatIsNoLetterOrHoldsNone() {
    assertThrows(IllegalArgumentException.class, () -> Refusal.of("z", 1, Skill.COPY));
    assertThrows(IllegalArgumentException.class, () -> Refusal.of("k", 1, Skill.ADD));
  }
}
