package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.lab.Fingerprint;

class IndexTest {

  static Stream<Search> searches() {
    return Stream.of(
        Search.bm25(),
        Search.dense(),
        Search.dense().exact(),
        Search.fused(Search.bm25(), Search.dense()),
        Search.bm25().rerankedByLateInteraction(20),
        Search.dense().rerankedInt8(20));
  }

  @ParameterizedTest
  @MethodSource("searches")
  void theSameLibraryGivesTheSameHits(Search search) {
    var library = Texts.library(150, 20, 1);
    try (var one = search.over(library);
        var other = search.over(library)) {
      for (String query : Texts.queries(library, 20, 1)) {
        var hits = one.search(query, 10);
        assertEquals(hits, other.search(query, 10));
        assertEquals(hits, one.search(query, 10));
        assertFalse(hits.isEmpty());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void whatIsAddedIsFoundAndWhatIsRemovedIsNot(Search search) {
    var library = Texts.library(60, 20, 2);
    var passage =
        new Passage(
            "new", "", library.passages().get(7).text() + " " + library.passages().get(9).text());
    try (var index = search.over(library)) {
      String query = passage.text();
      assertFalse(Texts.ids(index.search(query, 5)).contains("new"));
      index.add(passage);
      assertEquals("new", Texts.ids(index.search(query, 5)).getFirst());
      assertEquals(61, index.size());
      index.remove("new");
      assertFalse(Texts.ids(index.search(query, 60)).contains("new"));
      assertEquals(60, index.size());
      index.add(passage);
      assertEquals("new", Texts.ids(index.search(query, 5)).getFirst());
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void anIndexForgetsThatARemovedPassageWasThere(Search search) {
    var library = Texts.library(80, 20, 3);
    try (var plain = search.over(library);
        var other = search.over(library)) {
      var more = new ArrayList<Passage>();
      for (int i = 0; i < 10; i++) {
        more.add(new Passage("more" + i, "title", library.passages().get(i).text() + " kamiro"));
      }
      other.addAll(more);
      for (int i = 0; i < 10; i += 2) {
        other.remove("more" + i);
        plain.add(more.get(i + 1));
      }
      for (String query : Texts.queries(library, 20, 3)) {
        assertEquals(plain.search(query, 10), other.search(query, 10), query);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void textIsNeverSyntax(Search search) {
    var library = Texts.library(40, 20, 4);
    try (var index = search.over(library)) {
      for (String empty :
          List.of("", " \n\t", "?!... -- \"", "+-*/(){}[]^~:\\&&||", "\u0000\u0007\ufffe", "🙂")) {
        assertEquals(List.of(), index.search(empty, 5), empty);
      }
      String word = Words.of(library.passages().getFirst().text()).getFirst();
      var plain = index.search(word, 5);
      assertEquals(plain, index.search("+(\"" + word + "~*\u0000\"^:", 5));
      assertThrows(IllegalArgumentException.class, () -> index.search(word, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("searches")
  void hostilePassagesAreTextLikeAnyOther(Search search) {
    var passages = new ArrayList<>(Texts.library(20, 20, 5).passages());
    passages.add(new Passage("long", "x".repeat(100_000), "y".repeat(10_000_000)));
    passages.add(new Passage("greek", "Ὀδυσσεύς", "ΜΗΝΙΝ ἄειδε θεά \ud800 lone"));
    passages.add(new Passage("marks", "", "..."));
    passages.add(new Passage("control", "\u0000", "bell\u0007zqwx\u0000form\f"));
    try (var index = search.over(Library.of("hostile", passages))) {
      assertTrue(Texts.ids(index.search("μηνιν ἌΕΙΔΕ", 3)).contains("greek"));
      assertTrue(Texts.ids(index.search("zqwx", 3)).contains("control"));
      assertTrue(Texts.ids(index.search("y".repeat(255), 3)).contains("long"));
    }
  }

  @Test
  void idsAreUnique() {
    var library = Texts.library(10, 10, 6);
    try (var index = Search.bm25().over(library)) {
      var again = new Passage("p3", "", "text");
      assertThrows(IllegalArgumentException.class, () -> index.add(again));
      var fresh = new Passage("fresh", "", "text");
      assertThrows(IllegalArgumentException.class, () -> index.addAll(List.of(fresh, fresh)));
      assertFalse(index.has("fresh"));
      assertThrows(IllegalArgumentException.class, () -> index.remove("absent"));
      assertEquals(10, index.size());
    }
  }

  /// A table of f32 vectors and the embedder come with the first search.
  @ParameterizedTest
  @ValueSource(ints = {100, 400})
  void bytesGrowWithWhatIsHeld(int more) {
    var library = Texts.library(more + 100, 30, 8);
    var first = Library.of("first", library.passages().subList(0, 100));
    var embedder = Embedder.fit(first);
    long aVector = 4L * embedder.dimensions();
    try (var index = Search.dense(embedder).exact().over(first)) {
      long before = index.bytes();
      assertTrue(before >= embedder.bytes() + 100 * aVector);
      index.search(first.passages().getFirst().text(), 1);
      long withTable = index.bytes();
      assertTrue(withTable >= before + 100 * aVector);
      index.addAll(library.passages().subList(100, more + 100));
      assertTrue(index.bytes() > withTable + 2 * more * aVector - 64 * aVector);
    }
  }

  @Test
  void searchesAreToldApartByWhatTheyDo() {
    var library = Texts.library(30, 10, 9);
    var embedder = Embedder.fit(library);
    var all = new ArrayList<>(searches().toList());
    all.add(Search.bm25().titleBoost(1.25));
    all.add(Search.dense().searchWidth(10));
    all.add(Search.dense(embedder));
    all.add(Search.dense(Embedder.fit(library, 8, 1)));
    all.add(Search.fused(Search.bm25(), Search.dense()).weights(1, 2));
    all.add(Search.fused(Search.bm25(), Search.dense()).constant(10));
    var hashes = all.stream().map(each -> Fingerprint.of(each.configuration())).toList();
    assertEquals(all.size(), hashes.stream().distinct().count());
    assertEquals(
        hashes.get(8), Fingerprint.of(Search.dense(Embedder.fit(library)).configuration()));
    assertEquals("BM25 title x1.25", Search.bm25().titleBoost(1.25).name());
    assertEquals("RRF(BM25 + dense HNSW)", Search.fused(Search.bm25(), Search.dense()).name());
    assertEquals(
        "BM25 > late interaction of 20", Search.bm25().rerankedByLateInteraction(20).name());
    assertNotEquals(Search.dense().name(), Search.dense().exact().name());
  }
}
