package org.recollect.kernel;

/// The dot products of queries with rows of a table: the hot loop of every search.
///
/// Implementations are stateless and may be shared between threads.
public interface DotProducts {

  /// Fills `dots [queries][to - from]`: the product of query `q` with row `from + r` at `q * (to -
  /// from) + r`.
  ///
  /// @param from first row
  /// @param to row behind the last
  /// @param queries `[queries][dimensions]`, finite
  void fill(VectorTable table, int from, int to, float[][] queries, float[] dots);
}
