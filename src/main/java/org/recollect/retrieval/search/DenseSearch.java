package org.recollect.retrieval.search;

/// Search by the cosine of vectors: through Lucene's HNSW graph (Malkov and Yashunin, "Efficient
/// and robust approximate nearest neighbor search using Hierarchical Navigable Small World graphs",
/// 2018), or exactly by the project's own kernels.
///
/// A graph search is told to look for more than what was asked for, and the answer is cut: on
/// 20,000 random vectors of 128 numbers it finds half of the true ten nearest when it looks for
/// ten. Lucene searches small parts of an index exactly, without a graph. Scores are the same at
/// every run; Lucene's own distances, which lead through the graph, are so up to their last bit.
///
/// @param encoder turns text into vectors
/// @param exhaustive whether every vector is looked at; then there is no graph
/// @param maxConn links of a node in the graph, 16 by default
/// @param beamWidth candidates for them when it is built, 100 by default
/// @param searchWidth how many neighbours a search looks for, 200 by default (inferred)
public record DenseSearch(
    EncoderSource encoder, boolean exhaustive, int maxConn, int beamWidth, int searchWidth)
    implements Search {

  public DenseSearch {
    if (maxConn < 1 || maxConn > 512 || beamWidth < 1 || beamWidth > 3200 || searchWidth < 1) {
      throw new IllegalArgumentException(
          ("A graph has 1 to 512 links a node, 1 to 3200 candidates and a search width from 1, but got"
                  + " %d, %d and %d.")
              .formatted(maxConn, beamWidth, searchWidth));
    }
  }

  /// The same by looking at every vector.
  public DenseSearch exact() {
    return new DenseSearch(encoder, true, maxConn, beamWidth, searchWidth);
  }

  /// The same with another graph.
  public DenseSearch graph(int maxConn, int beamWidth) {
    return new DenseSearch(encoder, false, maxConn, beamWidth, searchWidth);
  }

  /// The same looking for more neighbours, or fewer.
  public DenseSearch searchWidth(int searchWidth) {
    return new DenseSearch(encoder, exhaustive, maxConn, beamWidth, searchWidth);
  }

  @Override
  public String name() {
    return "%s %s".formatted(encoder.name(), exhaustive ? "exact" : "HNSW");
  }
}
