package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.TopDocs;
import org.apache.lucene.search.TotalHits;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class FusedTest {
  private static final Fused PLAIN = Search.fused(Search.bm25(), Search.dense());

  private static List<Scored> list(long... numbers) {
    return IntStream.range(0, numbers.length)
        .mapToObj(i -> new Scored(numbers[i], 100 - i))
        .toList();
  }

  /// 7: 1/61 + 1/62, 3: 1/62 + 1/63, 5: 1/61, 9: 1/63.
  @Test
  void ranksAddUp() {
    var fused = PLAIN.fuse(List.of(list(7, 3, 9), list(5, 7, 3)), 10);
    assertEquals(List.of(7L, 3L, 5L, 9L), fused.stream().map(Scored::number).toList());
    assertEquals(1.0 / 61 + 1.0 / 62, fused.get(0).score(), 1e-15);
    assertEquals(1.0 / 62 + 1.0 / 63, fused.get(1).score(), 1e-15);
    assertEquals(1.0 / 61, fused.get(2).score(), 1e-15);
    assertEquals(1.0 / 63, fused.get(3).score(), 1e-15);
  }

  /// With constant 0: 7: 1, 3: 1/2, 5: 3, 9: 3/2.
  @Test
  void weightsAndTheConstantCount() {
    var search = PLAIN.weights(1, 3).constant(0);
    var fused = search.fuse(List.of(list(7, 3), list(5, 9)), 3);
    assertEquals(List.of(new Scored(5, 3), new Scored(9, 1.5), new Scored(7, 1)), fused);
  }

  @Test
  void equalSumsAreInTheLibrarysOrder() {
    var fused = PLAIN.fuse(List.of(list(8, 2), list(2, 8)), 2);
    assertEquals(List.of(2L, 8L), fused.stream().map(Scored::number).toList());
  }

  @Test
  void withoutWeightsItIsLucenes() {
    for (int seed = 0; seed < 20; seed++) {
      var random = RandomStream.of(seed);
      int[] one = random.indices(15, 30);
      int[] other = random.indices(10, 30);
      var lucene = TopDocs.rrf(12, 60, new TopDocs[] {docs(one), docs(other)});
      var ours =
          PLAIN.fuse(
              List.of(
                  list(IntStream.of(one).asLongStream().toArray()),
                  list(IntStream.of(other).asLongStream().toArray())),
              12);
      for (int i = 0; i < 12; i++) {
        assertEquals(lucene.scoreDocs[i].score, ours.get(i).score(), 1e-7, "seed " + seed);
      }
    }
  }

  private static TopDocs docs(int[] numbers) {
    var hits =
        IntStream.range(0, numbers.length)
            .mapToObj(i -> new ScoreDoc(numbers[i], 100 - i, 0))
            .toArray(ScoreDoc[]::new);
    return new TopDocs(new TotalHits(numbers.length, TotalHits.Relation.EQUAL_TO), hits);
  }

  @Test
  void badParametersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Search.fused(Search.bm25()));
    assertThrows(IllegalArgumentException.class, () -> PLAIN.weights(1));
    assertThrows(IllegalArgumentException.class, () -> PLAIN.weights(1, 0));
    assertThrows(IllegalArgumentException.class, () -> PLAIN.constant(-1));
  }
}
