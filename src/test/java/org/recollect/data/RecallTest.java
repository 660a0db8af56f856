package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.recollect.data.RecallItem.Part;
import org.recollect.data.RecallItem.Question;
import org.recollect.tensor.RandomStream;

class RecallTest {
  private static final Pattern PAIR = Pattern.compile("\n// (\\w+) (\\w+)");

  /// Ten documents of 40 lines of 1 to 12 words, some blank, some indented, some like a pair.
  private static final Corpus FILLER = filler();

  @Test
  void theLastStatementOfAKeyAnswersItsQuestion() {
    for (int seed = 0; seed < 200; seed++) {
      var shape = new Random(seed);
      int pairs = 1 + shape.nextInt(16);
      var task = Recall.corrupted(pairs, shape.nextInt(pairs + 1)).rounds(1 + shape.nextInt(3));
      var item = task.in(FILLER).item(400, RecallTest::count, random(seed));
      var stated = new LinkedHashMap<String, List<String>>();
      PAIR.matcher(item.contextText())
          .results()
          .forEach(m -> stated.computeIfAbsent(m.group(1), _ -> new ArrayList<>()).add(m.group(2)));
      assertEquals(pairs, stated.size(), "seed " + seed);
      assertEquals(pairs * task.rounds(), item.questions().size(), "seed " + seed);
      for (Question question : item.questions()) {
        var values = stated.get(question.query().substring("\n// ".length()));
        assertEquals(question.answer(), " " + values.getLast(), "seed " + seed);
      }
      var all = stated.values().stream().flatMap(List::stream).toList();
      assertEquals(pairs + task.overwritten(), new HashSet<>(all).size(), "seed " + seed);
      assertEquals(task.overwritten(), stated.values().stream().filter(v -> v.size() == 2).count());
    }
  }

  @Test
  void everyRoundAsksForEachPairOnce() {
    var item = Recall.associative(8).rounds(3).item(1000, RecallTest::count, random(3));
    var rounds = new ArrayList<List<Question>>();
    for (int start = 0; start < 24; start += 8) {
      rounds.add(item.questions().subList(start, start + 8));
      assertEquals(8, new HashSet<>(rounds.getLast()).size());
    }
    assertEquals(new HashSet<>(rounds.get(0)), new HashSet<>(rounds.get(2)));
    assertNotEquals(rounds.get(0), rounds.get(1));
  }

  @Test
  void textFillsTheLengthAndNeverExceedsIt() {
    for (int seed = 0; seed < 100; seed++) {
      int tokens = 60 + new Random(seed).nextInt(400);
      var item = Recall.associative(4).in(FILLER).item(tokens, RecallTest::count, random(seed));
      assertTrue(count(item.text()) <= tokens, "seed " + seed);
      assertTrue(count(item.text()) >= tokens - 3, "seed " + seed + ": " + count(item.text()));
    }
  }

  @Test
  void depthIsTheShareOfTheContextBeforeThePair() {
    for (double depth : new double[] {0, 0.25, 0.5, 0.9, 1}) {
      var item = Recall.needle().in(FILLER).atDepth(depth).item(500, RecallTest::count, random(5));
      var question = item.questions().getFirst();
      var context = item.contextText();
      int at = context.indexOf(question.query() + question.answer());
      double before = count(context.substring(0, at));
      assertEquals(before / (count(context) - 3), question.depth(), 1e-12);
      // A pair stands between lines, and a line has at most 13 tokens here.
      assertEquals(depth, question.depth(), 13.0 / 480);
    }
    assertEquals(
        0, Recall.needle().item(9, RecallTest::count, random(1)).questions().getFirst().depth());
  }

  @Test
  void pairsSpreadEvenlyThroughTheContext() {
    var item = Recall.associative(8).in(FILLER).item(900, RecallTest::count, random(9));
    var depths = item.questions().stream().mapToDouble(Question::depth).sorted().toArray();
    for (int i = 0; i < 8; i++) {
      assertEquals((i + 0.5) / 8, depths[i], 0.5 / 8 + 16.0 / 850);
    }
  }

  @Test
  void fillerNeverLooksLikeAPair() {
    assertTrue(FILLER.lines().anyMatch(line -> line.strip().startsWith("// fox")));
    var item = Recall.needle().in(FILLER).item(3000, RecallTest::count, random(2));
    assertEquals(1, item.contextText().lines().filter(line -> line.contains("//")).count());
    assertFalse(item.contextText().contains("\n\n"));
  }

  @Test
  void sameSeedSameItemsHoweverManyAreAskedFor() {
    var task = Recall.associative(3).in(FILLER);
    var five = task.items(5, 200, RecallTest::count, random(4));
    assertEquals(five, task.items(5, 200, RecallTest::count, random(4)));
    assertEquals(five.subList(0, 2), task.items(2, 200, RecallTest::count, random(4)));
    assertEquals(5, new HashSet<>(five).size());
    assertNotEquals(five, task.items(5, 200, RecallTest::count, random(5)));
  }

  @Test
  void tokensKnowWhatTheyAreFor() {
    var item = Recall.associative(2).item(100, RecallTest::count, random(6));
    var tokens = item.encode(text -> text.chars().toArray());
    assertEquals(item.text(), new String(tokens.ids(), 0, tokens.ids().length));
    var answers = new StringBuilder();
    for (int position : tokens.answers()) {
      assertEquals(Part.ANSWER, tokens.parts()[position]);
      answers.appendCodePoint(tokens.ids()[position]);
    }
    assertEquals(
        item.questions().get(0).answer() + item.questions().get(1).answer(), answers.toString());
  }

  @Test
  void keysAndValuesAreDifferentWords() {
    var words = new HashSet<>(Recall.KEYS);
    words.addAll(Recall.VALUES);
    assertEquals(128, words.size());
    var practice = Recall.practice(2000, random(8));
    assertEquals(2000, PAIR.matcher(practice).results().count());
    words.forEach(word -> assertTrue(practice.contains(" " + word), word));
  }

  @Test
  void badTasksAreRefusedInOneSentence() {
    for (int pairs : new int[] {0, -1, 33}) {
      assertThrows(IllegalArgumentException.class, () -> Recall.associative(pairs));
    }
    assertThrows(IllegalArgumentException.class, () -> Recall.corrupted(2, 3));
    assertThrows(IllegalArgumentException.class, () -> Recall.needle().rounds(0));
    for (double depth : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> Recall.needle().atDepth(depth));
    }
    // Eight pairs take 3 tokens to state and 3 to ask and answer.
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> Recall.associative(8).item(47, RecallTest::count, random(0)));
    assertTrue(problem.getMessage().contains("take 48 tokens; 47 are too few"));
    assertEquals(48, count(Recall.associative(8).item(48, RecallTest::count, random(0)).text()));
    assertEquals(OptionalDouble.empty(), Recall.needle().depth());
  }

  /// A token here is a run of characters that are no white space, with the white space before it.
  private static int count(String text) {
    return (int) Pattern.compile("\\s*\\S+").matcher(text).results().count();
  }

  private static RandomStream random(int seed) {
    return RandomStream.of(seed, "recall test");
  }

  private static Corpus filler() {
    var random = new Random(1);
    var texts = new ArrayList<String>();
    for (int document = 0; document < 10; document++) {
      var text = new StringBuilder();
      for (int line = 0; line < 40; line++) {
        text.append(
            switch (random.nextInt(10)) {
              case 0 -> "";
              case 1 -> "  // fox " + line;
              default -> "  ".repeat(random.nextInt(4)) + "word ".repeat(1 + random.nextInt(12));
            });
        text.append('\n');
      }
      texts.add(text.toString());
    }
    return Corpora.text(texts.toArray(String[]::new));
  }
}
