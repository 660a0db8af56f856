package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.recollect.data.Passage;

class RerankedTest {

  private static double doubleLoop(float[][] question, float[][] words) {
    double sum = 0;
    for (float[] asked : question) {
      double largest = Double.NEGATIVE_INFINITY;
      for (float[] word : words) {
        double dot = 0;
        for (int i = 0; i < word.length; i++) {
          dot += (double) asked[i] * word[i];
        }
        largest = Math.max(largest, dot);
      }
      sum += largest;
    }
    return sum;
  }

  @Test
  void lateInteractionIsADoubleLoop() {
    var library = Texts.library(80, 30, 1);
    var embedder = Embedder.fit(library, 48, 1);
    var search = Search.bm25().rerankedByLateInteraction(15).encoder(embedder);
    try (var index = search.over(library);
        var first = Search.bm25().over(library)) {
      for (String query : Texts.queries(library, 15, 1)) {
        var hits = index.search(query, 10);
        for (Hit hit : hits) {
          float[][] words = embedder.embedWords(hit.passage().whole());
          assertEquals(doubleLoop(embedder.embedWords(query), words), hit.score(), 1e-5);
        }
        var candidates = first.search(query, 15).stream().map(Hit::passage).toList();
        var best =
            candidates.stream()
                .sorted(
                    Comparator.comparingDouble((Passage each) ->
                        -doubleLoop(embedder.embedWords(query), embedder.embedWords(each.whole()))))
                .limit(10)
                .toList();
        double tenth =
            doubleLoop(embedder.embedWords(query), embedder.embedWords(best.getLast().whole()));
        assertEquals(tenth, hits.getLast().score(), 1e-5);
      }
    }
  }

  @Test
  void allWordsOfTheQuestionInThePassageSumToTheirNumber() {
    var library = Texts.library(30, 20, 2);
    var search = Search.bm25().rerankedByLateInteraction(30);
    var words = new TreeSet<>(Words.of(library.passages().get(4).text()));
    try (var index = search.over(library)) {
      var best = index.search(String.join(" ", words), 1).getFirst();
      assertEquals(words.size(), best.score(), 1e-4);
    }
  }

  @Test
  void onlyCandidatesAreFound() {
    var library = Texts.library(100, 20, 3);
    try (var few = Search.bm25().rerankedInt8(5).over(library);
        var first = Search.bm25().over(library)) {
      for (String query : Texts.queries(library, 10, 3)) {
        assertEquals(
            Set.copyOf(Texts.ids(first.search(query, 5))),
            Set.copyOf(Texts.ids(few.search(query, 5))));
      }
    }
  }

  @Test
  void lateInteractionNeedsWordVectors() {
    var given = Given.random(3, 2, 1);
    var search = Search.bm25().rerankedByLateInteraction(5);
    assertThrows(IllegalArgumentException.class, () -> search.encoder(given));
    assertThrows(IllegalArgumentException.class, () -> Search.bm25().rerankedInt8(0));
    assertEquals(0, Finder.lateInteraction(new float[][] {{1}}, new float[0][]));
    assertEquals(List.of(), given.embedAll(List.of()));
  }
}
