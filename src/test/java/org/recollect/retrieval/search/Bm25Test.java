package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.Library;
import org.recollect.data.Passage;

class Bm25Test {

  /// The formula, read off the paper over lists of words.
  private static double score(
      Bm25 search, List<Passage> all, Function<Passage, String> field, Passage one, String query) {
    var fields = all.stream().map(field).map(Words::of).toList();
    long count = fields.stream().filter(words -> !words.isEmpty()).count();
    double mean = fields.stream().mapToInt(List::size).sum() / (double) count;
    var own = Words.of(field.apply(one));
    return Words.of(query).stream()
        .mapToDouble(word -> {
          long n = fields.stream().filter(words -> words.contains(word)).count();
          long tf = own.stream().filter(word::equals).count();
          double idf = Math.log(1 + (count - n + 0.5) / (n + 0.5));
          double length = 1 - search.b() + search.b() * own.size() / mean;
          return tf == 0 ? 0 : idf * tf / (tf + search.k1() * length);
        })
        .sum();
  }

  private static double score(Bm25 search, List<Passage> all, Passage one, String query) {
    double sum =
        score(search, all, Passage::text, one, query)
            + search.titleBoost() * score(search, all, Passage::title, one, query);
    String words = " " + String.join(" ", Words.of(query)) + " ";
    var title = Words.of(one.title());
    boolean named = !title.isEmpty() && words.contains(" " + String.join(" ", title) + " ");
    return named ? sum * search.exactTitle() : sum;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void scoresAreTheFormulas(long seed) {
    var library = Texts.library(30, 40, seed);
    var searches =
        List.of(
            Search.bm25(),
            Search.bm25().k1(0.9).b(0.4).titleBoost(0),
            Search.bm25().titleBoost(1.25).exactTitle(1.5));
    for (var search : searches) {
      try (var index = search.over(library)) {
        for (String query : Texts.queries(library, 10, seed)) {
          String asked = query + " " + library.passages().getFirst().title();
          var hits = index.search(asked, 30);
          for (Hit hit : hits) {
            double expected = score(search, library.passages(), hit.passage(), asked);
            assertEquals(expected, hit.score(), 2e-5 * expected, search.name() + ": " + asked);
          }
          long matching =
              library.passages().stream()
                  .filter(each -> score(search, library.passages(), each, asked) > 0)
                  .count();
          assertEquals(matching, hits.size());
          assertEquals(
              IntStream.rangeClosed(1, hits.size()).boxed().toList(),
              hits.stream().map(Hit::rank).toList());
        }
      }
    }
  }

  /// Both have the word once, in fields of mean length: `s` for the text of a, `x s` for the title
  /// of b, with the same idf in both fields.
  @Test
  void aTitleCountsAsMuchAsItsBoostSays() {
    var library =
        Library.of(
            "two",
            List.of(
                new Passage("a", "mira", "tower stands"), new Passage("b", "tower", "old keep")));
    assertEquals(List.of("a", "b"), asked(Search.bm25(), library, "tower"));
    assertEquals(List.of("b", "a"), asked(Search.bm25().titleBoost(1.25), library, "tower"));
    assertEquals(List.of("a", "b"), asked(Search.bm25().titleBoost(0.75), library, "tower"));
    assertEquals(List.of("a"), asked(Search.bm25().titleBoost(0), library, "tower"));
    assertEquals(List.of("b", "a"), asked(Search.bm25().exactTitle(1.05), library, "the tower?"));
  }

  @Test
  void equalPassagesAreInTheLibrarysOrder() {
    var passages =
        IntStream.range(0, 300)
            .mapToObj(i -> new Passage("id" + (997 * i) % 300, "", "the same words"))
            .toList();
    var expected = passages.stream().map(Passage::id).limit(200).toList();
    assertEquals(expected, asked(Search.bm25(), Library.of("same", passages), "same", 200));
  }

  @Test
  void aLongQuestionIsCutToItsRarestWords() {
    var library = Texts.library(200, 40, 7);
    var all = new StringBuilder();
    library.passages().forEach(each -> all.append(each.whole()).append(' '));
    try (var index = Search.bm25().exactTitle(1.5).over(library)) {
      assertEquals(10, index.search(all.toString(), 10).size());
    }
  }

  @Test
  void badParametersAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Search.bm25().k1(-1));
    assertThrows(IllegalArgumentException.class, () -> Search.bm25().b(1.1));
    assertThrows(IllegalArgumentException.class, () -> Search.bm25().titleBoost(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> Search.bm25().exactTitle(0.9));
  }

  private static List<String> asked(Search search, Library library, String query) {
    return asked(search, library, query, 10);
  }

  private static List<String> asked(Search search, Library library, String query, int k) {
    try (var index = search.over(library)) {
      return Texts.ids(index.search(query, k));
    }
  }
}
