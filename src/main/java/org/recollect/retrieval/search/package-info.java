/// How passages are found: by words (BM25), by vectors (HNSW or exactly), by several lists fused,
/// and by re-ranking.
///
/// A [org.recollect.retrieval.search.Search] describes; an [org.recollect.retrieval.search.Index]
/// of a library, in memory or in a folder, answers:
///
/// ```java
/// var search = Search.fused(Search.bm25().titleBoost(1.25), Search.dense());
/// try (var index = search.over(library)) {
///   index.search("Who built the tower of Karun?", 5);
/// }
/// ```
package org.recollect.retrieval.search;
