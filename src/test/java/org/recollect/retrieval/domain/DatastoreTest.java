package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;

class DatastoreTest {
  private static final int VOCABULARY = 13;
  private static final double TEMPERATURE = 3;

  private static LanguageModel model() {
    return Models.random(
        new ModelConfig(VOCABULARY, 12, 16, 2, 2, 2, 6, 10_000, 1e-5, 64, true), 1);
  }

  private static int[][] texts(int count, int length, String name) {
    var random = RandomStream.of(7, name);
    int[][] texts = new int[count][length + 1];
    for (int[] text : texts) {
      Arrays.setAll(text, _ -> random.nextInt(VOCABULARY));
    }
    return texts;
  }

  private static double[] distances(float[][] keys, float[] query) {
    return Arrays.stream(keys)
        .mapToDouble(key ->
            IntStream.range(0, key.length).mapToDouble(i -> Math.pow(key[i] - query[i], 2)).sum())
        .toArray();
  }

  private static float[][] keys(LanguageModel model, int[][] texts) {
    return Arrays.stream(texts)
        .flatMap(text -> Arrays.stream(Datastore.states(model, text)))
        .toArray(float[][]::new);
  }

  private static double[] naive(Datastore store, double[] distances, int k, int leftOut) {
    double[] p = new double[VOCABULARY];
    IntStream.range(0, distances.length)
        .filter(row -> row != leftOut)
        .boxed()
        .sorted(Comparator.comparingDouble(row -> distances[row]))
        .limit(k)
        .forEach(row -> p[store.value(row)] += Math.exp(-distances[row] / TEMPERATURE));
    double sum = Arrays.stream(p).sum();
    return Arrays.stream(p).map(each -> each / sum).toArray();
  }

  @Test
  void saysWhatADoubleLoopSays() {
    int[][] texts = texts(4, 9, "learned");
    int[] asked = texts(1, 8, "asked")[0];
    try (var model = model();
        var store = new Datastore(model, texts)) {
      var found = store.nearest(asked, 5, 1);
      var targets = store.targets(found, TEMPERATURE);
      double[] logs = store.logLikelihoods(asked, found, TEMPERATURE);
      float[][] states = Datastore.states(model, asked);
      float[][] keys = keys(model, texts);
      assertEquals(8, logs.length);
      for (int i = 0; i < logs.length; i++) {
        double[] expected = naive(store, distances(keys, states[i]), 5, -1);
        for (int token = 0; token < VOCABULARY; token++) {
          assertEquals(expected[token], targets.probability(i, token), 1e-5);
        }
        assertEquals(expected[asked[i + 1]], Math.exp(logs[i]), 1e-5);
      }
    }
  }

  /// The second text is a twin of the first: leaving out the nearest would often leave the place
  /// itself.
  @Test
  void aPlaceIsNotItsOwnNeighbour() {
    int[][] texts = texts(3, 9, "twins");
    texts[1] = texts[0].clone();
    try (var model = model();
        var store = new Datastore(model, texts)) {
      var others = store.others(6);
      var targets = store.targets(others, TEMPERATURE);
      float[][] keys = keys(model, texts);
      assertEquals(27, others.size());
      for (int row = 0; row < others.size(); row++) {
        int own = row;
        assertEquals(6, others.get(row).rows().length);
        assertFalse(Arrays.stream(others.get(row).rows()).anyMatch(found -> found == own));
        double[] expected = naive(store, distances(keys, keys[row]), 6, row);
        for (int token = 0; token < VOCABULARY; token++) {
          assertEquals(expected[token], targets.probability(row, token), 1e-4);
        }
      }
      assertEquals(0, others.getFirst().distances()[0], 1e-4);
    }
  }

  @Test
  void holdsWhatStoodNextAndCountsItsBytes() {
    int[][] texts = texts(2, 5, "values");
    try (var model = model();
        var store = new Datastore(model, texts)) {
      assertEquals(10, store.size());
      assertEquals(texts[1][1], store.value(5));
      assertEquals(10 * (12 * 4 + 4), store.bytes());
      assertEquals(3, store.others(9).getFirst().first(3).rows().length);
      assertArrayEquals(
          store.others(9).getFirst().first(3).rows(), store.others(3).getFirst().rows());
    }
  }
}
