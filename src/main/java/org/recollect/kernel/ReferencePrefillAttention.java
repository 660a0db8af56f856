package org.recollect.kernel;

/// Attention over a text as its formula reads: scalar, sums in double precision.
final class ReferencePrefillAttention implements PrefillAttention {

  @Override
  public PrefillStatistics attend(Prefill text) {
    int heads = text.heads().queryHeads();
    int tokens = text.tokens();
    int rows = text.rows();
    float[] columnSums = new float[heads * tokens];
    float[] window = new float[heads * rows * tokens];
    for (int head = 0; head < heads; head++) {
      double[] sums = new double[tokens];
      for (int query = 0; query < tokens; query++) {
        double[] weights = weights(text, head, query);
        for (int token = 0; token <= query; token++) {
          sums[token] += weights[token];
        }
        int row = query - (tokens - rows);
        if (row >= 0) {
          copy(weights, window, (head * rows + row) * tokens);
        }
      }
      copy(sums, columnSums, head * tokens);
    }
    return PrefillStatistics.of(text, columnSums, window);
  }

  /// The weights that a query gives to the tokens up to its own, `[query + 1]`.
  private static double[] weights(Prefill text, int head, int query) {
    double[] weights = new double[query + 1];
    for (int token = 0; token <= query; token++) {
      weights[token] = logit(text, head, query, token);
    }
    ReferenceAttention.softmax(weights, 0, weights.length);
    return weights;
  }

  private static double logit(Prefill text, int head, int query, int token) {
    int headDim = text.heads().headDim();
    int q = (head * text.tokens() + query) * headDim;
    int k = (head / text.heads().queriesPerHead() * text.tokens() + token) * headDim;
    double dot = 0;
    for (int c = 0; c < headDim; c++) {
      dot += (double) text.queries()[q + c] * text.keys()[k + c];
    }
    return dot / Math.sqrt(headDim);
  }

  private static void copy(double[] from, float[] to, int at) {
    for (int i = 0; i < from.length; i++) {
      to[at + i] = (float) from[i];
    }
  }
}
