package org.recollect.kernel;

/// One decode step of attention over pages of codes. The caller does the softmax between the two
/// halves, so that a step may run over pages of different formats.
///
/// Shapes: `queries [queryHeads][headDim]`, already scaled by `1/sqrt(headDim)`; `logits` and
/// `weights [tokens][queryHeads]`, where a page's part starts at token `at`; `output
/// [queryHeads][headDim]`. Only the first `tokens` tokens of a page take part.
///
/// Implementations are stateless and may be shared between threads.
public interface DecodeAttention {

  /// Logits of keys that are stored as the queries meet them: their position is already in them,
  /// and the queries are in the basis of the page. Computed on the codes, into which scale and
  /// offset enter once a cell: `q . key = sum(q * offset) + sum((q * scale) * code)`.
  void logits(Page keys, int tokens, Heads heads, float[] queries, float[] logits, int at);

  /// Logits of keys stored before their position was applied, in a basis that may mix heads: each
  /// key is taken out of its basis and turned to its position, one token at a time, and met by
  /// queries that are already turned to theirs.
  ///
  /// @param positions the position of each token of the page `[tokens]`
  void logits(
      Page keys,
      int tokens,
      Heads heads,
      Basis basis,
      Rotary rotary,
      int[] positions,
      float[] queries,
      float[] logits,
      int at);

  /// Adds the weighted values to the output, in the basis of the page: a sum is linear, so that the
  /// caller leaves the basis once a step and not once a token.
  void accumulate(Page values, int tokens, Heads heads, float[] weights, int at, float[] output);
}
