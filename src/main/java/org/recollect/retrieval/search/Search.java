package org.recollect.retrieval.search;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.recollect.data.Library;
import org.recollect.lab.Configured;

/// How to search: an immutable description, which a study can hash and name. [#over] makes an
/// [Index] of it.
public sealed interface Search extends Configured permits Bm25, DenseSearch, Fused, Reranked {

  /// By words, with k1 = 1.2, b = 0.75 and titles counted like texts.
  static Bm25 bm25() {
    return new Bm25(1.2, 0.75, 1, 1);
  }

  /// By vectors of the project's own embedder, fitted on the library that is indexed.
  static DenseSearch dense() {
    return dense(Embedder.Fit.DEFAULT);
  }

  /// By vectors of a given encoder, such as an embedder tuned on questions, or [Encoder#of(String,
  /// dev.langchain4j.model.embedding.EmbeddingModel)].
  static DenseSearch dense(EncoderSource encoder) {
    return new DenseSearch(encoder, false, 16, 100, 200);
  }

  /// By reciprocal-rank fusion of several searches, each with weight 1.
  ///
  /// @throws IllegalArgumentException if there are fewer than two
  static Fused fused(Search... parts) {
    return new Fused(List.of(parts), Stream.of(parts).map(_ -> 1.0).toList(), 60, 100);
  }

  /// This search's first candidates, put in a new order by the late interaction of their words with
  /// the question's.
  ///
  /// @param candidates at least 1
  default Reranked rerankedByLateInteraction(int candidates) {
    return new Reranked(this, candidates, Reranked.By.LATE_INTERACTION, Embedder.Fit.DEFAULT);
  }

  /// This search's first candidates, put in a new order by the cosine of vectors of 8-bit codes.
  ///
  /// @param candidates at least 1
  default Reranked rerankedInt8(int candidates) {
    return new Reranked(this, candidates, Reranked.By.INT8, Embedder.Fit.DEFAULT);
  }

  /// As tables show it, such as `BM25 title x1.25`.
  String name();

  /// An index of a library in memory.
  default Index over(Library library) {
    return Index.inMemory(this, library);
  }

  /// The index of a library in a folder: opened where it is there, with what was added to it later,
  /// else built.
  ///
  /// @throws IllegalStateException if the folder cannot be used, is in use, or holds an index of
  ///   another format, library or search
  default Index over(Library library, Path folder) {
    return Index.inFolder(this, library, folder);
  }
}
