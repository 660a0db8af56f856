package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.tensor.RandomStream;

class EmbedderTest {

  private static double dot(float[] a, float[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> (double) a[i] * b[i]).sum();
  }

  private static double dot(float[][] columns, int a, int b) {
    double sum = 0;
    for (float[] row : columns) {
      sum += (double) row[a] * row[b];
    }
    return sum;
  }

  private static void assertOrthonormal(float[][] columns) {
    for (int a = 0; a < columns[0].length; a++) {
      for (int b = 0; b <= a; b++) {
        assertEquals(a == b ? 1 : 0, dot(columns, a, b), 1e-5, a + "," + b);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"300,64,64", "20,256,20", "1,8,1"})
  void theProjectionIsOrthonormal(int passages, int asked, int dimensions) {
    var embedder = Embedder.fit(Texts.library(passages, 30, 1), asked, 1);
    assertEquals(dimensions, embedder.dimensions());
    assertOrthonormal(embedder.axes());
  }

  @Test
  void equalPassagesLeaveOneDirection() {
    var same =
        IntStream.range(0, 12).mapToObj(i -> new Passage("p" + i, "", "kalo remi sul")).toList();
    var embedder = Embedder.fit(Library.of("same", same), 8, 1);
    assertEquals(1, embedder.dimensions());
    assertEquals(1, Math.abs(embedder.embed("remi")[0]), 1e-6);
  }

  /// Singular values fall so slowly that the range finder needs its iterations.
  @Test
  void directionsAreThoseOfAFullDecomposition() {
    int rows = 60;
    int columns = 45;
    int kept = 6;
    var random = RandomStream.of(3, "matrix");
    var dense = new DMatrixRMaj(rows, columns);
    for (int term = 0; term < 30; term++) {
      float[] left = random.gaussians(rows);
      float[] right = random.gaussians(columns);
      for (int i = 0; i < rows; i++) {
        for (int j = 0; j < columns; j++) {
          dense.set(i, j, dense.get(i, j) + Math.pow(0.85, term) * left[i] * right[j]);
        }
      }
    }
    var positions = new ArrayList<int[]>();
    var values = new ArrayList<float[]>();
    for (int i = 0; i < rows; i++) {
      int row = i;
      positions.add(IntStream.range(0, columns).toArray());
      float[] own = new float[columns];
      IntStream.range(0, columns).forEach(j -> own[j] = (float) dense.get(row, j));
      values.add(own);
    }
    float[][] found =
        TruncatedSvd.rightVectors(new SparseRows(columns, positions, values), kept, random);
    var svd = DecompositionFactory_DDRM.svd(rows, columns, true, true, true);
    svd.decompose(dense);
    var exact = svd.getV(null, true);
    SingularOps_DDRM.descendingOrder(
        svd.getU(null, false), false, svd.getSingularValues(), columns, exact, true);
    for (int k = 0; k < kept; k++) {
      double cosine = 0;
      for (int j = 0; j < columns; j++) {
        cosine += exact.get(k, j) * found[j][k];
      }
      assertEquals(1, Math.abs(cosine), 1e-4, "direction " + k);
    }
  }

  @Test
  void theSameSeedGivesTheSameBits() {
    var library = Texts.library(120, 30, 2);
    float[][] axes = Embedder.fit(library, 32, 5).axes();
    assertArrayEquals(axes, Embedder.fit(library, 32, 5).axes());
  }

  @Test
  void anotherSeedGivesNearlyTheSameCosines() {
    var library = Texts.library(60, 30, 2);
    var one = Embedder.fit(library, 256, 5);
    var other = Embedder.fit(library, 256, 6);
    for (var passage : library.passages()) {
      String text = passage.text();
      String next = library.passages().getFirst().text();
      assertEquals(
          dot(one.embed(text), one.embed(next)), dot(other.embed(text), other.embed(next)), 1e-3);
    }
  }

  @Test
  void likeTextsAreNearAndUnlikeOnesAreNot() {
    var library = Texts.library(400, 30, 3);
    var embedder = Embedder.fit(library);
    var long20 = library.passages().stream().filter(p -> Words.of(p.text()).size() > 20).toList();
    for (var passage : long20.subList(0, 20)) {
      float[] own = embedder.embed(passage.text());
      assertEquals(1, dot(own, own), 1e-5);
      var fewer = Words.of(passage.text());
      fewer.removeLast();
      assertTrue(dot(own, embedder.embed(String.join(" ", fewer))) > 0.9);
      assertTrue(dot(own, embedder.embed(passage.text().toUpperCase() + "!!")) > 0.99999);
    }
    float[] nothing = embedder.embed("...");
    assertEquals(0, dot(nothing, nothing));
  }

  /// Two halves of a library that share no letter.
  @Test
  void textsThatShareNothingAreOrthogonal() {
    var passages = new ArrayList<Passage>();
    for (int i = 0; i < 100; i++) {
      var random = RandomStream.of(i, "halves");
      String text = Texts.sentence(20, List.of("karo", "mika", "rami", "kima", "orak"), random);
      passages.add(new Passage("a" + i, "", text));
      String other = Texts.sentence(20, List.of("step", "pet", "sled", "despe", "tles"), random);
      passages.add(new Passage("b" + i, "", other));
    }
    var embedder = Embedder.fit(Library.of("halves", passages), 16, 1);
    double cosine = dot(embedder.embed("karo mika orak"), embedder.embed("step sled tles"));
    assertEquals(0, cosine, 0.05);
    assertTrue(dot(embedder.embed("karo"), embedder.embed("karo karo mika")) > 0.5);
  }

  @Test
  void aWordHasTheSameVectorWhereverItStands() {
    var library = Texts.library(50, 20, 4);
    var embedder = Embedder.fit(library, 32, 1);
    String text = library.passages().getFirst().text();
    float[][] words = embedder.embedWords(text + "; " + text);
    int half = Words.of(text).size();
    assertEquals(2 * half, words.length);
    for (int i = 0; i < half; i++) {
      assertArrayEquals(words[i], words[i + half]);
      assertEquals(1, dot(words[i], words[i]), 1e-5);
    }
    assertEquals(3, embedder.embedWords(text + " " + text + " " + text + " " + text, 3).length);
  }

  @Test
  void aLibraryWithoutWordsIsRefused() {
    var library = Library.of("marks", List.of(new Passage("p", "", "...")));
    assertThrows(IllegalArgumentException.class, () -> Embedder.fit(library));
  }

  /// Questions use other names than passages, and the pairs teach which belong together; the
  /// questions that are asked afterwards combine names in ways that no pair did.
  @Test
  void tuningLearnsWhichWordsAskForWhich() {
    var passages = new ArrayList<Passage>();
    var training = new ArrayList<Embedder.Pair>();
    var testing = new ArrayList<Embedder.Pair>();
    var random = RandomStream.of(1, "pairs");
    var names = Texts.vocabulary(80, random).subList(0, 40);
    for (int i = 0; i < 400; i++) {
      int a = random.nextInt(20);
      int b = random.nextInt(20);
      var passage = "%s %s".formatted(names.get(a), names.get(b));
      var question = "%s %s".formatted(names.get(20 + a), names.get(20 + b));
      passages.add(new Passage("p" + i, "", passage));
      passages.add(new Passage("q" + i, "", question));
      (i < 300 ? training : testing).add(new Embedder.Pair(question, passage));
    }
    var plain = Embedder.fit(Library.of("names", passages), 64, 1);
    var tuned = plain.tuned(training, 1);
    assertTrue(right(tuned, testing) > right(plain, testing) + 0.3);
    assertTrue(right(tuned, testing) > 0.5, "" + right(tuned, testing));
    var passage = passages.getFirst().text();
    assertArrayEquals(plain.embed(passage), tuned.embed(passage));
    var again = plain.tuned(training, 1);
    assertArrayEquals(tuned.embedQuestion(passage), again.embedQuestion(passage));
    assertThrows(IllegalArgumentException.class, () -> plain.tuned(List.of(), 1));
  }

  private static double right(Embedder embedder, List<Embedder.Pair> pairs) {
    return pairs.stream()
            .filter(pair -> {
              float[] asked = embedder.embedQuestion(pair.question());
              double own = dot(asked, embedder.embed(pair.passage()));
              return pairs.stream()
                  .allMatch(other -> dot(asked, embedder.embed(other.passage())) <= own + 1e-6);
            })
            .count()
        / (double) pairs.size();
  }
}
