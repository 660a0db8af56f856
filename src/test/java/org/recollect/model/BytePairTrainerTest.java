package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.Corpora;
import org.recollect.data.Document;
import org.recollect.data.Recall;
import org.recollect.tensor.RandomStream;

class BytePairTrainerTest {
  private static final int FIRST_BYTE = BytePairTrainer.SPECIALS.size();
  private static final int FIRST_MERGE = FIRST_BYTE + 256;

  /// By hand: a+b occurs 5 times, c+c 4 times (overlapping, in two words), then " "+ab 3 times.
  @Test
  void mergesTheMostFrequentPairFirst() {
    try (var tokenizer =
        BytePairTrainer.train(List.of("ab ab ab\nab ab", "ccc\nccc"), FIRST_MERGE + 3)) {
      assertEquals("ab", tokenizer.decode(FIRST_MERGE));
      assertEquals("cc", tokenizer.decode(FIRST_MERGE + 1));
      assertEquals(" ab", tokenizer.decode(FIRST_MERGE + 2));
      assertArrayEquals(
          new int[] {FIRST_MERGE, FIRST_MERGE + 2, FIRST_BYTE + '\n', FIRST_MERGE + 1},
          tokenizer.encode("ab ab\ncc"));
    }
  }

  /// The incremental counts choose the same merges as counting everything anew for each merge.
  @Test
  void agreesWithCountingAnew() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var text = new StringBuilder();
      for (int i = 0; i < 2000; i++) {
        text.append("aaabbcde \n".charAt(random.nextInt(10)));
      }
      try (var tokenizer = BytePairTrainer.train(List.of(text.toString()), FIRST_MERGE + 40)) {
        var expected = mergesCountedAnew(text.toString(), 40);
        for (int i = 0; i < 40; i++) {
          assertEquals(expected.get(i), tokenizer.decode(FIRST_MERGE + i), "seed " + seed);
        }
      }
    }
  }

  @Test
  void textDoesNotMatterInOrderOfArrival() {
    var texts = new ArrayList<>(List.of("one two three", "two three four", "three four five"));
    try (var forwards = BytePairTrainer.train(texts, FIRST_MERGE + 8);
        var backwards = BytePairTrainer.train(texts.reversed(), FIRST_MERGE + 8)) {
      var text = "one two three four five";
      assertArrayEquals(forwards.encode(text), backwards.encode(text));
    }
  }

  @Test
  void wordsKeepTheirSpaceAndDigitsStandAlone() {
    var words = Pattern.compile(BytePairTrainer.WORDS).matcher("int x_ = 420;\n\n\t  if   (äλ) ");
    assertEquals(
        List.of(
            "int",
            " x_",
            " =",
            " ",
            "4",
            "2",
            "0",
            ";",
            "\n\n\t  ",
            "if",
            "  ",
            " (",
            "äλ",
            ")",
            " "),
        words.results().map(match -> match.group()).toList());
  }

  @Test
  void everyCharacterIsInSomeWord() {
    var pattern = Pattern.compile(BytePairTrainer.WORDS);
    var random = new Random(7);
    for (int i = 0; i < 2000; i++) {
      var text = RandomText.next(random);
      var joined = new StringBuilder();
      pattern.matcher(text).results().forEach(match -> joined.append(match.group()));
      assertEquals(text, joined.toString());
    }
  }

  /// Ids of an independent encoder, written from the definition, on sources that were not trained
  /// on.
  @Test
  void referenceEncoderAndLibraryGiveTheSameIds(@TempDir Path folder) throws IOException {
    assumeTrue(
        Files.isRegularFile(Path.of(System.getProperty("java.home"), "lib", "src.zip")),
        "this JDK came without its sources");
    var sources = Corpora.jdk("java.util..");
    var texts = sources.train().sample(1 << 20).documents().stream().map(Document::text).toList();
    try (var tokenizer = BytePairTrainer.train(texts, 1024)) {
      var file = folder.resolve("tokenizer.json");
      tokenizer.write(file);
      var reference = ReferenceEncoder.read(file);
      var lines = sources.test().documents().stream().flatMap(d -> d.text().lines()).limit(10_000);
      assertEquals(10_000, lines.peek(line -> check(reference, tokenizer, line)).count());
      var random = new Random(11);
      for (int i = 0; i < 5000; i++) {
        check(reference, tokenizer, RandomText.next(random));
      }
    }
  }

  /// What recall tasks rest on: one token for each word, and lines that tokenize on their own.
  @Test
  void practisedWordsAreSingleTokensAndLinesTokenizeOnTheirOwn() {
    var code = "class A {\n    int x;\n\n    void f() {\n        return x;\n    }\n}\n";
    var random = RandomStream.of(1, "words");
    try (var tokenizer = BytePairTrainer.train(List.of(code, Recall.practice(5000, random)), 562)) {
      for (var words : List.of(Recall.KEYS, Recall.VALUES)) {
        words.forEach(word -> assertEquals(1, tokenizer.count(" " + word), word));
      }
      var task = Recall.corrupted(4, 2).in(Corpora.text(code));
      for (var item : task.items(20, 200, tokenizer::count, random)) {
        var tokens = item.encode(tokenizer::encode);
        assertArrayEquals(tokenizer.encode(item.text()), tokens.ids());
        assertTrue(tokens.ids().length <= 200);
        assertEquals(4, tokens.answers().length);
      }
    }
  }

  private static void check(ReferenceEncoder reference, Tokenizer tokenizer, String text) {
    int[] ids = tokenizer.encode(text);
    assertArrayEquals(reference.encode(text), ids, text);
    assertEquals(text, tokenizer.decode(ids));
  }

  @Test
  void tooLittleTextAndBadSizesAreRefused() {
    var little =
        assertThrows(
            IllegalArgumentException.class, () -> BytePairTrainer.train(List.of("abab"), 300));
    assertTrue(little.getMessage().contains("only 265 tokens, not 300"), little.getMessage());
    assertThrows(IllegalArgumentException.class, () -> BytePairTrainer.train(List.of("a"), 10));
  }

  private static List<String> mergesCountedAnew(String text, int wanted) {
    var words =
        new ArrayList<List<String>>(
            Pattern.compile(BytePairTrainer.WORDS)
                .matcher(text)
                .results()
                .map(match -> List.of(match.group().split("")))
                .toList());
    var ids = new HashMap<String, Integer>();
    text.chars().forEach(c -> ids.put(Character.toString(c), c));
    var merges = new ArrayList<String>();
    while (merges.size() < wanted) {
      var counts = new HashMap<List<String>, Integer>();
      for (var word : words) {
        for (int i = 0; i + 1 < word.size(); i++) {
          counts.merge(word.subList(i, i + 2), 1, Integer::sum);
        }
      }
      var best =
          counts.entrySet().stream()
              .min(
                  Map.Entry.<List<String>, Integer>comparingByValue()
                      .reversed()
                      .thenComparing(entry -> ids.get(entry.getKey().get(0)))
                      .thenComparing(entry -> ids.get(entry.getKey().get(1))))
              .orElseThrow()
              .getKey();
      var pair = List.copyOf(best);
      words.replaceAll(word -> ReferenceEncoder.merge(word, pair));
      ids.put(String.join("", pair), 1000 + merges.size());
      merges.add(String.join("", pair));
    }
    return merges;
  }
}
