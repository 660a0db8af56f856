package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.tensor.RandomStream;

class CorpusTest {
  private static final Corpus NUMBERS =
      Corpora.text(IntStream.range(0, 2000).mapToObj(i -> "ä" + i).toArray(String[]::new));

  @Test
  void partsAreDisjointCompleteAndEightyTenTen() {
    var parts =
        List.of(
            NUMBERS.train().documents(),
            NUMBERS.validation().documents(),
            NUMBERS.test().documents());
    var all = new ArrayList<Document>();
    parts.forEach(all::addAll);
    assertEquals(2000, all.size());
    assertEquals(new HashSet<>(NUMBERS.documents()), new HashSet<>(all));
    // Binomial: five standard deviations of 2000 x 0.8 x 0.2 and of 2000 x 0.1 x 0.9.
    assertEquals(1600, parts.get(0).size(), 5 * Math.sqrt(320));
    assertEquals(200, parts.get(1).size(), 5 * Math.sqrt(180));
    assertEquals(200, parts.get(2).size(), 5 * Math.sqrt(180));
  }

  /// Shipped models were trained on the train part of these names, so the rule may never change.
  /// Expected values by Python's hashlib: the first three bytes of the SHA-256, big-endian, modulo
  /// 10.
  @Test
  void splitOfANameIsFixedForEver() {
    assertEquals(Split.TRAIN, Split.of("java.base/java/util/List.java"));
    assertEquals(Split.VALIDATION, Split.of("java.base/java/util/Map.java"));
    assertEquals(Split.TEST, Split.of("java.base/java/util/Base64.java"));
  }

  @Test
  void digestChangesWithAnyCharacterAndAnyBoundary() {
    var digest = Corpora.text("ab", "c").digest();
    assertEquals(digest, Corpora.text("ab", "c").digest());
    assertEquals(64, digest.length());
    assertNotEquals(digest, Corpora.text("a", "bc").digest());
    assertNotEquals(digest, Corpora.text("ab", "d").digest());
    assertNotEquals(digest, Corpora.text("ab").digest());
  }

  @Test
  void bytesAreThoseOfUtf8() {
    assertEquals(2 + 3 + 4 + 1, Corpora.text("ä€😀a").bytes());
  }

  @Test
  void samplesNestAndKeepTheOrder() {
    var small = NUMBERS.sample(1000);
    var large = NUMBERS.sample(5000);
    assertTrue(small.bytes() <= 1000 && small.bytes() > 990);
    assertTrue(large.documents().containsAll(small.documents()));
    var places = large.documents().stream().map(NUMBERS.documents()::indexOf).toList();
    assertEquals(places.stream().sorted().toList(), places);
    assertEquals(NUMBERS, NUMBERS.sample(Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> NUMBERS.sample(0));
  }

  @Test
  void linesEndAlikeOnEveryPlatform() {
    assertEquals("a\nb\n\nc", Corpora.text("a\r\nb\r\rc").documents().getFirst().text());
    assertEquals(List.of("a", "b", "c"), Corpora.text("a\r\nb\r \rc").lines().toList());
  }

  @Test
  void sequencesArePiecesOfDifferentDocuments() {
    var corpus = Corpora.text("abcdefgh", "ABCDEFGH", "short", "01234567");
    Function<String, int[]> encode = text -> text.chars().toArray();
    for (int seed = 0; seed < 20; seed++) {
      var drawn = corpus.tokens(6).draw(6, encode, RandomStream.of(seed, "draw"));
      var sources = new HashMap<String, Integer>();
      for (int[] sequence : drawn) {
        var text = new String(sequence, 0, sequence.length);
        assertEquals(6, sequence.length);
        var source = corpus.lines().filter(line -> line.contains(text)).findFirst().orElseThrow();
        sources.merge(source, 1, Integer::sum);
      }
      assertEquals(Map.of("abcdefgh", 2, "ABCDEFGH", 2, "01234567", 2), sources, "seed " + seed);
    }
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> corpus.tokens(9).draw(1, encode, RandomStream.of(0, "draw")));
    assertTrue(problem.getMessage().contains("No document of 'text' has 9 tokens"));
    assertThrows(IllegalArgumentException.class, () -> corpus.tokens(0));
  }

  @Test
  void folderReadsItsTextFilesInOrder(@TempDir Path folder) throws IOException {
    Files.createDirectory(folder.resolve("b"));
    Files.writeString(folder.resolve("b/two.txt"), "2");
    Files.writeString(folder.resolve("c.txt"), "3");
    Files.writeString(folder.resolve("a.md"), "1");
    Files.createSymbolicLink(folder.resolve("z.txt"), folder.resolve("a.md"));
    assertEquals(
        List.of(new Document("b/two.txt", "2"), new Document("c.txt", "3")),
        Corpora.folder(folder, ".txt").documents());
    assertEquals(3, Corpora.folder(folder, "").documents().size());
  }

  @Test
  void badFoldersAreNamedInOneSentence(@TempDir Path folder) throws IOException {
    var missing =
        assertThrows(
            IllegalArgumentException.class, () -> Corpora.folder(folder.resolve("no"), ""));
    assertTrue(missing.getMessage().startsWith("There is no folder"));
    var empty = assertThrows(IllegalArgumentException.class, () -> Corpora.folder(folder, ".txt"));
    assertTrue(empty.getMessage().contains("no file that ends in '.txt'"));
    Files.write(folder.resolve("latin.txt"), new byte[] {'a', (byte) 0xe4, 'b'});
    var latin = assertThrows(IllegalArgumentException.class, () -> Corpora.folder(folder, ".txt"));
    assertTrue(latin.getMessage().contains("latin.txt' is not UTF-8"));
  }

  @Test
  void emptyCorporaAndPartsSayWhatIsMissing() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, Corpora::text)
            .getMessage()
            .contains("has no documents"));
    var one = Corpora.text("alone");
    var part = one.documents().getFirst().split() == Split.TEST ? Split.TRAIN : Split.TEST;
    var problem =
        assertThrows(
            IllegalStateException.class,
            () -> {
              var _ = part == Split.TEST ? one.test() : one.train();
            });
    assertTrue(problem.getMessage().contains("use a larger corpus"));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Corpus("twice", List.of(new Document("a", "1"), new Document("a", "2"))));
  }
}
