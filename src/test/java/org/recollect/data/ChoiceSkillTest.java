package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChoiceSkillTest {

  @ParameterizedTest
  @EnumSource
  void everyQuestionIsAskedOnce(ChoiceSkill skill) {
    var items = skill.items(ChoiceSkill.MOST, 7);
    var questions = new HashSet<String>();
    items.forEach(item -> questions.add(item.question()));
    assertEquals(ChoiceSkill.MOST, questions.size());
    items.forEach(item -> assertEquals(2, item.choices().size()));
  }

  @ParameterizedTest
  @EnumSource
  void aLongerListBeginsWithTheShorter(ChoiceSkill skill) {
    assertEquals(skill.items(20, 3), skill.items(50, 3).subList(0, 20));
    assertNotEquals(skill.items(20, 3), skill.items(20, 4));
    assertEquals(List.of(), skill.items(0, 3));
  }

  @ParameterizedTest
  @EnumSource
  void neitherThePlaceNorTheAnswerGivesItAway(ChoiceSkill skill) {
    var items = skill.items(ChoiceSkill.MOST, 11);
    double first = items.stream().filter(item -> item.answer() == 0).count() / 1400.0;
    // Four standard deviations of 1400 tosses of a coin.
    assertEquals(0.5, first, 0.055, "seed 11");
    var asRight = new HashMap<String, Integer>();
    var asWrong = new HashMap<String, Integer>();
    for (var item : items) {
      asRight.merge(item.right(), 1, Integer::sum);
      asWrong.merge(item.choices().get(1 - item.answer()), 1, Integer::sum);
    }
    if (asRight.size() == 2) {
      asRight.values().forEach(count -> assertEquals(0.5, count / 1400.0, 0.12, skill.title()));
      assertEquals(asRight.keySet(), asWrong.keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void answersFollowFromTheQuestions(long seed) {
    for (var item : ChoiceSkill.NUMBER_COMPARISON.items(200, seed)) {
      var words = item.question().replaceAll("[,?]", "").split(" ");
      int a = Integer.parseInt(words[3]);
      int b = Integer.parseInt(words[5]);
      int right = words[2].equals("larger") ? Math.max(a, b) : Math.min(a, b);
      assertEquals(Integer.toString(right), item.right(), item.question());
    }
    for (var item : ChoiceSkill.PARITY.items(200, seed)) {
      char last = item.question().replaceAll("[^0-9]", "").charAt(3);
      assertEquals((last - '0') % 2 == 0 ? "even" : "odd", item.right(), item.question());
    }
    for (var item : ChoiceSkill.SUBSET_ENTAILMENT.items(200, seed)) {
      var sides = item.question().split(", do ");
      boolean narrower = sides[1].length() > sides[0].length() - "If ".length() + 1;
      boolean all = item.question().startsWith("If all");
      assertEquals(all == narrower ? "yes" : "no", item.right(), item.question());
    }
    for (var item : ChoiceSkill.AGREEMENT.items(200, seed)) {
      var words = item.question().replace("?", "").split(" ");
      boolean plural = words[4].endsWith("s");
      boolean pluralVerb = !words[8].endsWith("s");
      assertEquals(plural == pluralVerb ? "yes" : "no", item.right(), item.question());
    }
    for (var item : ChoiceSkill.BRACKETS.items(200, seed)) {
      var left = item.question().replaceAll("[^()\\[\\]]", "");
      for (String before = ""; !before.equals(left); ) {
        before = left;
        left = left.replace("()", "").replace("[]", "");
      }
      assertEquals(left.isEmpty() ? "yes" : "no", item.right(), item.question());
    }
    for (var item : ChoiceSkill.NEXT_LETTER.items(200, seed)) {
      char letter = (char) (item.right().charAt(0) - 1);
      assertTrue((item.question() + " ").matches(".*\\b" + letter + "\\b.*"), item.question());
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"CAPITAL", "COLOUR", "NEXT_LETTER"})
  void aFactIsTheSameHoweverItIsAskedFor(ChoiceSkill skill) {
    var items = skill.items(ChoiceSkill.MOST, 5);
    var topics = new HashMap<String, HashSet<String>>();
    for (var item : items) {
      topics.computeIfAbsent(item.right(), _ -> new HashSet<>()).add(item.question());
    }
    topics.forEach((right, questions) -> assertTrue(questions.size() > 40, right));
    assertTrue(items.stream().noneMatch(item -> item.choices().getFirst().equals("{}")));
    assertTrue(items.stream().noneMatch(item -> item.question().contains("{}")));
  }

  @Test
  void bracketsAreCheckedByTheirKinds() {
    assertTrue(balanced("([])()"));
    assertFalse(balanced("([)]"));
    assertFalse(balanced("(("));
    assertFalse(balanced(")("));
  }

  private static boolean balanced(String brackets) {
    return ChoiceSkills.isBalanced(brackets.chars().mapToObj(c -> (char) c).toList());
  }

  @Test
  void skillsAreFoundByTheirTitles() {
    Arrays.stream(ChoiceSkill.values())
        .forEach(skill -> assertEquals(skill, ChoiceSkill.of(skill.title())));
    var refused = assertThrows(IllegalArgumentException.class, () -> ChoiceSkill.of("chess"));
    assertTrue(refused.getMessage().contains("next letter"), refused.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> ChoiceSkill.PARITY.items(ChoiceSkill.MOST + 1, 1));
  }
}
