package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.lang.foreign.Arena;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.data.Library;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

class DenseSearchTest {

  @ParameterizedTest
  @CsvSource({"1,3", "70,17", "300,128"})
  void exactSearchFindsTheLargestCosines(int passages, int dimensions) {
    var given = Given.random(passages + 10, dimensions, passages);
    try (var index = Search.dense(given).exact().over(Given.library(passages));
        var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, dimensions, passages);
      given.vectors().subList(0, passages).forEach(table::append);
      for (int query = passages; query < passages + 10; query++) {
        int asked = query;
        var hits = index.search("" + query, 5);
        var expected =
            IntStream.range(0, passages)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -given.cosine(asked, i)))
                .limit(5)
                .map(i -> "p" + i)
                .toList();
        assertEquals(expected, Texts.ids(hits));
        float[][] vector = {given.vectors().get(query)};
        var near = Similarity.best().nearest(table, vector, Metric.COSINE, 5).getFirst();
        for (int i = 0; i < hits.size(); i++) {
          int number = Integer.parseInt(hits.get(i).passage().text());
          assertEquals("p" + near.rows()[i], hits.get(i).passage().id());
          assertEquals(given.cosine(asked, number), hits.get(i).score(), 1e-6);
        }
      }
    }
  }

  /// A chance walk would find ten of 3000 with probability 1/15 each; 0.9 is far below what 200
  /// neighbours find (0.98 and more), far above what ten do.
  @Test
  void aGraphFindsMostAndMoreWhenItLooksFurther() {
    int passages = 3000;
    var given = Given.random(passages + 50, 64, 3);
    var library = Given.library(passages);
    var queries = IntStream.range(passages, passages + 50).mapToObj(i -> "" + i).toList();
    try (var exact = Search.dense(given).exact().over(library);
        var wide = Search.dense(given).over(library);
        var narrow = Search.dense(given).searchWidth(1).over(library)) {
      double recall = wide.recallAgainst(exact, queries, 10);
      assertTrue(recall > 0.9, "recall " + recall);
      double least = narrow.recallAgainst(exact, queries, 10);
      assertTrue(least < recall - 0.05, least + " and " + recall);
      for (Hit hit : wide.search(queries.getFirst(), 10)) {
        int number = Integer.parseInt(hit.passage().text());
        assertEquals(given.cosine(passages, number), hit.score(), 1e-5);
      }
    }
  }

  @Test
  void aPassageWithoutVectorIsNeverFound() {
    var given = new Given("given", List.of(new float[] {0, 0}, new float[] {1, 2}, new float[2]));
    for (var search : List.of(Search.dense(given), Search.dense(given).exact())) {
      try (var index = search.over(Given.library(2))) {
        assertEquals(List.of("p1"), Texts.ids(index.search("1", 5)));
        assertEquals(List.of(), index.search("2", 5));
      }
    }
  }

  @Test
  void vectorsMayBeLongerThanLucenesLimit() {
    var given = Given.random(20, 1536, 5);
    try (var index = Search.dense(given).over(Given.library(20))) {
      assertEquals("p7", index.search("7", 1).getFirst().passage().id());
    }
  }

  @Test
  void aVectorThatIsNotFiniteIsRefused() {
    var given = new Given("given", List.of(new float[] {1, Float.NaN}));
    assertThrows(IllegalArgumentException.class, () -> Search.dense(given).over(Given.library(1)));
  }

  /// The int8 error of a cosine is at most half a step a number, summed over the other's numbers.
  @Test
  void codesKeepTheOrderOfWhatIsFurtherApartThanTheirError() {
    int dimensions = 48;
    var given = Given.random(220, dimensions, 6);
    try (var index =
        Search.dense(given).exact().rerankedInt8(200).encoder(given).over(Given.library(200))) {
      for (int query = 200; query < 220; query++) {
        var hits = index.search("" + query, 200);
        double[] cosines = new double[200];
        for (int i = 0; i < 200; i++) {
          cosines[i] = given.cosine(query, Integer.parseInt(hits.get(i).passage().text()));
          assertEquals(cosines[i], hits.get(i).score(), error(dimensions));
        }
        for (int i = 0; i < 200; i++) {
          for (int j = i + 1; j < 200; j++) {
            assertTrue(cosines[i] > cosines[j] - 2 * error(dimensions));
          }
        }
      }
    }
  }

  /// Of unit vectors: a step is at most 1/127, half of it times the sum of |q|, at most sqrt(d).
  private static double error(int dimensions) {
    return 0.5 / 127 * Math.sqrt(dimensions) + 1e-6;
  }

  @Test
  void twoEncodersHaveVectorsOfTheirOwn() {
    var one = Given.random(30, 8, 1);
    var other = new Given("other", Given.random(30, 5, 2).vectors());
    var both = Search.fused(Search.dense(one).exact(), Search.dense(other));
    try (var index = both.over(Given.library(25));
        var first = Search.dense(one).exact().over(Given.library(25));
        var second = Search.dense(other).over(Given.library(25))) {
      var fused = index.search("27", 1).getFirst();
      assertEquals(1, fused.rank());
      var places =
          List.of(first, second).stream()
              .mapToInt(each -> Texts.ids(each.search("27", 25)).indexOf(fused.passage().id()) + 1)
              .toArray();
      assertEquals(1.0 / (60 + places[0]) + 1.0 / (60 + places[1]), fused.score(), 1e-12);
    }
  }

  @Test
  void anyEmbeddingModelWillDo() {
    var library = Texts.library(40, 15, 9);
    var embedder = Embedder.fit(library);
    var model = new CountingModel(embedder);
    try (var ours = Search.dense(embedder).exact().over(library);
        var theirs = Search.dense(Encoder.of("wrapped", model)).exact().over(library)) {
      assertEquals(1, model.calls);
      for (String query : Texts.queries(library, 5, 9)) {
        assertEquals(ours.search(query, 10), theirs.search(query, 10));
      }
    }
  }

  @Test
  void aModelThatAnswersTooLittleIsRefused() {
    var model = new CountingModel(Embedder.fit(Texts.library(5, 5, 1)));
    model.lost = 1;
    assertThrows(
        IllegalStateException.class,
        () ->
            Search.dense(Encoder.of("broken", model))
                .over(Library.of("l", Texts.library(5, 5, 1).passages())));
  }

  private static final class CountingModel implements EmbeddingModel {
    private final EmbeddingModel model;
    private int calls;
    private int lost;

    CountingModel(Embedder embedder) {
      this.model = embedder.asEmbeddingModel();
    }

    @Override
    public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
      calls++;
      return model.embedAll(segments.subList(lost, segments.size()));
    }
  }
}
