package org.recollect.kernel;

/// What the heads of one layer attended to in one text.
///
/// @param columnSums attention received by each token, summed over all queries, `[heads][tokens]`;
///   a head's sums add up to the number of tokens
/// @param windowAttention attention weights of the last queries, `[heads][window][tokens]`; zero
///   for tokens after the query
/// @param argmax the token to which the last query attends most, of equal ones the first, `[heads]`
public record PrefillStatistics(float[] columnSums, float[] windowAttention, int[] argmax) {

  /// The statistics with these sums and rows.
  static PrefillStatistics of(Prefill text, float[] columnSums, float[] windowAttention) {
    int tokens = text.tokens();
    int[] argmax = new int[text.heads().queryHeads()];
    for (int head = 0; head < argmax.length; head++) {
      int last = ((head + 1) * text.rows() - 1) * tokens;
      for (int token = 1; token < tokens; token++) {
        if (windowAttention[last + token] > windowAttention[last + argmax[head]]) {
          argmax[head] = token;
        }
      }
    }
    return new PrefillStatistics(columnSums, windowAttention, argmax);
  }
}
