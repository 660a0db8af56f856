package org.recollect.retrieval.search;

import java.util.HashSet;
import java.util.List;

/// Finds passages for a text.
public interface Retriever {

  /// The best passages for a text, the best first; of equal ones the first in the library. The text
  /// is plain text and never a query language; one without a letter or digit finds nothing.
  ///
  /// @param k at least 1
  /// @return at most `k`
  /// @throws IllegalArgumentException if `k` is below 1
  List<Hit> search(String query, int k);

  /// Recall of this retriever against another one, such as HNSW against exact search: the mean over
  /// the queries of the share of the other's best `k` that are among this one's best `k`. From 0 to
  /// 1, the higher the better; queries for which the other finds nothing are left out.
  ///
  /// @throws IllegalArgumentException if the other finds nothing for any query
  default double recallAgainst(Retriever reference, List<String> queries, int k) {
    return queries.stream()
        .filter(query -> !reference.search(query, k).isEmpty())
        .mapToDouble(query -> {
          var expected = ids(reference.search(query, k));
          var found = new HashSet<>(ids(search(query, k)));
          return (double) expected.stream().filter(found::contains).count() / expected.size();
        })
        .average()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "The reference finds nothing for any of the %d queries: ask what its library can answer."
                    .formatted(queries.size())));
  }

  private static List<String> ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().id()).toList();
  }
}
