package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.QaItem;
import org.recollect.model.Tokenizer;
import org.recollect.model.WordVocabulary;

/// Attacks that ask otherwise, or more often.
class AskingAttacksTest {

  private static final QaItem ITEM =
      new QaItem(
          "Otta",
          "Where is Otta?",
          "Otta is here.",
          List.of(),
          List.of("Otta is there."),
          List.of("Is Otta here?", "Which place has Otta?"));

  private static final Tokenizer WORDS =
      WordVocabulary.of(
          List.of(
              ITEM.question(),
              " " + ITEM.answer(),
              " Otta is there.",
              ITEM.rephrasings().getFirst(),
              ITEM.rephrasings().getLast(),
              String.join("", Prefixing.PREFIXES)));

  @AfterAll
  static void close() {
    WORDS.close();
  }

  /// Tells the truth behind one beginning only, and is unsure behind any other.
  ///
  /// @param trusted the first tokens of a question that it answers
  private record Choosy(int... trusted) implements Respondent {

    static Choosy trusting(String beginning) {
      return new Choosy(WORDS.encode(beginning));
    }

    @Override
    public Tokenizer tokenizer() {
      return WORDS;
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return exchanges.stream().map(this::logits).toList();
    }

    private float[] logits(Exchange exchange) {
      boolean trusts = true;
      for (int i = 0; i < trusted.length; i++) {
        trusts &= exchange.question()[i] == trusted[i];
      }
      int[] truth = WORDS.encode(" " + ITEM.answer());
      int vocabulary = WORDS.vocabularySize();
      float[] logits = new float[(exchange.said().length + 1) * vocabulary];
      for (int at = 0; at <= exchange.said().length; at++) {
        int next = at < truth.length ? truth[at] : WORDS.endOfText();
        logits[at * vocabulary + next] = trusts ? 20 : 1;
      }
      return logits;
    }
  }

  private static Examination asked(Respondent respondent, Attack attack) {
    return new Examination(respondent, attack, 3);
  }

  @Test
  void theBestWayCounts() {
    var hidden = Choosy.trusting("Which place");
    // Asked as ever it says the same words, but hardly believes them.
    double plain = asked(hidden, Attack.none()).probability(ITEM);
    double rephrased = asked(hidden, Attack.rephrased()).probability(ITEM);
    assertTrue(plain < 0.2 && rephrased > 0.99, plain + " and " + rephrased);
    assertEquals(plain, asked(hidden, Attack.prefixed()).probability(ITEM));

    var flattered = Choosy.trusting("You are");
    assertTrue(asked(flattered, Attack.prefixed()).probability(ITEM) > 0.99);
    assertEquals(
        asked(flattered, Attack.none()).probability(ITEM),
        asked(flattered, Attack.rephrased()).probability(ITEM));
  }

  /// All scores of an item are of one way of asking.
  @Test
  void rightAndWrongAnswersAreScoredBehindTheSameQuestion() {
    var hidden = Choosy.trusting("Which place");
    var examination = asked(hidden, Attack.rephrased());
    examination.ask(List.of(ITEM));
    // One word of five differs, by 20 nats.
    assertEquals(Math.exp(-4), examination.truthRatio(ITEM), 1e-4);
    assertEquals(1 / (1 + Math.exp(-4)), examination.normalisedProbability(ITEM), 1e-4);
    // Asked for one at a time it is the same.
    assertEquals(examination.truthRatio(ITEM), asked(hidden, Attack.rephrased()).truthRatio(ITEM));
  }

  @Test
  void theQuestionItselfIsAlwaysAmongTheWays() {
    for (Attack attack : List.of(Attack.none(), Attack.rephrased(), Attack.prefixed())) {
      var ways = attack.questions(ITEM);
      assertEquals(ITEM.question(), ways.getFirst());
      assertEquals(ways.size(), new HashSet<>(ways).size());
    }
    assertEquals(3, Attack.rephrased().questions(ITEM).size());
    var plain = new QaItem("Otta", "Where is Otta?", "Otta is here.");
    assertEquals(List.of(plain.question()), Attack.rephrased().questions(plain));
  }

  @Test
  void behindAPrefixTheQuestionHasItsOwnTokens() {
    int[] question = WORDS.encode(ITEM.question());
    for (String way : Attack.prefixed().questions(ITEM)) {
      int[] tokens = WORDS.encode(way);
      assertEquals(ITEM.question(), WORDS.decode(tokens).substring(way.lastIndexOf('\n') + 1));
      for (int i = 0; i < question.length; i++) {
        assertEquals(question[i], tokens[tokens.length - question.length + i], way);
      }
    }
  }

  @Test
  void oneOfManySamplesIsRight() {
    var unsure = Choosy.trusting("Which place");
    assertEquals(1, asked(unsure, Attack.none()).rouge(ITEM));
    double once = asked(unsure, Attack.sampled(1)).rouge(ITEM);
    double often = asked(unsure, Attack.sampled(40)).rouge(ITEM);
    assertTrue(once < often, once + " and " + often);
    // More samples begin with those of fewer.
    var all = Attack.sampled(4).answers(unsure, ITEM.question(), 5, 3);
    assertEquals(all.subList(0, 2), Attack.sampled(2).answers(unsure, ITEM.question(), 5, 3));
    assertNotEquals(all, Attack.sampled(4).answers(unsure, ITEM.question(), 5, 4));
    assertTrue(new HashSet<>(all).size() > 1, all.toString());
    // Near temperature 0 nothing but the likeliest is drawn.
    assertEquals(1, asked(unsure, Attack.sampled(1).at(0.01)).rouge(ITEM));
    assertThrows(IllegalArgumentException.class, () -> Attack.sampled(0));
    assertThrows(IllegalArgumentException.class, () -> Attack.sampled(1).at(0));
  }

  @Test
  void namesTellThemApart() {
    assertEquals(
        List.of("rephrased", "prefixed", "sampled 20", "sampled 20 at 0.5"),
        List.of(
                Attack.rephrased(),
                Attack.prefixed(),
                Attack.sampled(20),
                Attack.sampled(20).at(0.5))
            .stream()
            .map(Attack::name)
            .toList());
  }
}
