package org.recollect.unlearning.skill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recollect.data.ChoiceSkill;
import org.recollect.data.MultipleChoice;
import org.recollect.tensor.RandomStream;
import org.recollect.unlearning.Learner;
import org.recollect.unlearning.Respondent;

class ChoicesTest {
  private static final List<MultipleChoice> ITEMS =
      Stream.of(ChoiceSkill.BRACKETS, ChoiceSkill.NEXT_LETTER)
          .flatMap(skill -> skill.items(40, 1).stream())
          .toList();

  private static Choices choices() {
    var texts =
        ITEMS.stream()
            .flatMap(item ->
                Stream.concat(
                    Stream.of(item.question()), item.choices().stream().map(text -> " " + text)))
            .toList();
    return new Choices(Learner.blank(32, 2).beginner(texts, 1));
  }

  @Test
  void theOddsAreThoseOfTheAnswers() {
    var choices = choices();
    double[] odds = choices.logOdds(ITEMS);
    for (int i = 0; i < ITEMS.size(); i += 13) {
      var item = ITEMS.get(i);
      var respondent = Respondent.of(choices.model());
      double right = respondent.scores(item.question(), item.right()).logProbabilities()[0];
      String other = item.choices().get(1 - item.answer());
      double wrong = respondent.scores(item.question(), other).logProbabilities()[0];
      assertEquals(right - wrong, odds[i], 1e-5, item.question());
    }
  }

  @Test
  void aStateDoesNotDependOnWhatIsReadBesideIt() {
    var choices = choices();
    double[][] together = choices.states(ITEMS);
    for (int i = 0; i < ITEMS.size(); i += 11) {
      assertArrayEquals(choices.states(List.of(ITEMS.get(i)))[0], together[i], 1e-4);
    }
  }

  @Test
  void aStatementIsReadAtTheEndOfItsChoice() {
    var choices = choices();
    double[][] statements = choices.statements(ITEMS);
    for (int i = 0; i < ITEMS.size(); i += 17) {
      var item = ITEMS.get(i);
      for (int choice = 0; choice < 2; choice++) {
        var text = item.question() + " " + item.choices().get(choice);
        var read = choices.states(List.of(new MultipleChoice(text, item.choices(), 0)))[0];
        assertArrayEquals(read, statements[2 * i + choice], 1e-4, text);
      }
    }
  }

  /// The last token alone tells where the right answer is always the same, and nothing does where
  /// it is drawn: of 200 statements, of which one of two is right, the share that is told has a
  /// deviation of 0.05 at most.
  @Test
  void aProbeReadsWhatIsThereAndNothingElse() {
    var choices = choices();
    var questions =
        ChoiceSkill.BRACKETS.items(200, 2).stream().map(MultipleChoice::question).toList();
    assertEquals(1, probed(choices, questions, _ -> 0));
    var random = RandomStream.of(7, "answers");
    assertEquals(0.5, probed(choices, questions, _ -> random.nextInt(2)), 0.2);
  }

  private static double probed(Choices choices, List<String> questions, IntUnaryOperator answer) {
    var items = new ArrayList<MultipleChoice>();
    for (int i = 0; i < questions.size(); i++) {
      var both = List.of("yes", "no");
      items.add(new MultipleChoice(questions.get(i), both, answer.applyAsInt(i)));
    }
    return choices.probed(items.subList(0, 100), items.subList(100, 200));
  }

  @Test
  void aProbeNeedsQuestionsToWatch() {
    var one = ITEMS.subList(0, 1);
    var refused = assertThrows(IllegalArgumentException.class, () -> choices().probed(one, ITEMS));
    assertTrue(refused.getMessage().contains("two or more"), refused.getMessage());
  }

  /// Deviations of 1 and of 2 from the means 2 and 5.
  @Test
  void varianceByHand() {
    assertEquals(5, Choices.totalVariance(new double[][] {{1, 7}, {3, 3}}), 1e-12);
    assertEquals(0, Choices.totalVariance(new double[][] {{4, 4}}), 1e-12);
  }

  @Test
  void whoPrefersNeitherIsHalfRight() {
    assertArrayEquals(new double[] {1, 0.5, 0}, Choices.right(0.1, 0, -3));
  }

  @Test
  void ordersAreComparedWhereThereAreAny() {
    double never = Double.MAX_VALUE;
    assertEquals(
        1, ForgettingOrder.correlation(new double[] {5, 10, never}, new double[] {1, 2, 3}));
    assertEquals(
        -1, ForgettingOrder.correlation(new double[] {5, 10, never}, new double[] {9, 5, 1}));
    assertEquals(0, ForgettingOrder.correlation(new double[] {5, 5, 5}, new double[] {1, 2, 3}));
  }
}
