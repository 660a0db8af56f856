package org.recollect.kernel;

import java.util.List;

/// Decode attention as its formula reads: scalar, sums in double precision.
final class ReferenceAttention implements DecodeAttention {

  @Override
  public List<Attended> attend(List<DecodeStep> steps) {
    return steps.stream().map(ReferenceAttention::attendTo).toList();
  }

  private static Attended attendTo(DecodeStep step) {
    var heads = step.heads();
    int tokens = step.tokens();
    double[] weights = new double[heads.queryHeads() * tokens];
    int at = 0;
    for (var page : step.pages()) {
      for (int t = 0; t < page.tokens(); t++, at++) {
        float[] key = key(page, t, step.keys(), heads);
        for (int query = 0; query < heads.queryHeads(); query++) {
          weights[query * tokens + at] = logit(step.queries(), query, key, heads);
        }
      }
    }
    int[] argmax = new int[heads.queryHeads()];
    for (int query = 0; query < heads.queryHeads(); query++) {
      argmax[query] = softmax(weights, query * tokens, tokens);
    }
    var output = output(step, weights, tokens);
    return step.statistics()
        ? new Attended(output, columnSums(weights, heads, tokens), argmax)
        : new Attended(output, null, null);
  }

  /// The keys of one token as the queries meet them, `[kvHeads][headDim]`.
  private static float[] key(KeyValuePage page, int token, KeyForm form, Heads heads) {
    float[] key = new float[heads.channels()];
    page.keys().read(token, key, 0);
    if (form instanceof KeyForm.BeforeRope(Basis basis, Rotary rotary)) {
      int panel = page.keys().panelChannels();
      for (int from = 0; from < key.length; from += panel) {
        basis.undo(key, from, panel);
      }
      turn(key, rotary, page.positions()[token], heads.headDim());
    }
    return key;
  }

  private static void turn(float[] key, Rotary rotary, int position, int headDim) {
    int half = headDim / 2;
    float[] cos = new float[half];
    float[] sin = new float[half];
    rotary.angles(new int[] {position}, 1, 1, cos, sin);
    for (int head = 0; head < key.length; head += headDim) {
      for (int i = 0; i < half; i++) {
        float first = key[head + i];
        float second = key[head + half + i];
        key[head + i] = first * cos[i] - second * sin[i];
        key[head + half + i] = second * cos[i] + first * sin[i];
      }
    }
  }

  private static double logit(float[] queries, int query, float[] key, Heads heads) {
    int q = query * heads.headDim();
    int k = query / heads.queriesPerHead() * heads.headDim();
    double logit = 0;
    for (int c = 0; c < heads.headDim(); c++) {
      logit += (double) queries[q + c] * key[k + c];
    }
    return logit;
  }

  /// Turns `x[from .. from + count)` into weights.
  ///
  /// @return the place of the largest, counted from `from`
  static int softmax(double[] x, int from, int count) {
    int top = 0;
    for (int i = 1; i < count; i++) {
      if (x[from + i] > x[from + top]) {
        top = i;
      }
    }
    double largest = x[from + top];
    double total = 0;
    for (int i = from; i < from + count; i++) {
      x[i] = Math.exp(x[i] - largest);
      total += x[i];
    }
    for (int i = from; i < from + count; i++) {
      x[i] /= total;
    }
    return top;
  }

  private static float[] output(DecodeStep step, double[] weights, int tokens) {
    var heads = step.heads();
    int headDim = heads.headDim();
    double[] sums = new double[heads.queryHeads() * headDim];
    float[] value = new float[heads.channels()];
    int at = 0;
    for (var page : step.pages()) {
      for (int t = 0; t < page.tokens(); t++, at++) {
        page.values().read(t, value, 0);
        for (int query = 0; query < heads.queryHeads(); query++) {
          int v = query / heads.queriesPerHead() * headDim;
          for (int c = 0; c < headDim; c++) {
            sums[query * headDim + c] += weights[query * tokens + at] * value[v + c];
          }
        }
      }
    }
    return floats(sums);
  }

  private static float[] columnSums(double[] weights, Heads heads, int tokens) {
    double[] sums = new double[heads.kvHeads() * tokens];
    for (int i = 0; i < weights.length; i++) {
      int head = i / tokens / heads.queriesPerHead();
      sums[head * tokens + i % tokens] += weights[i];
    }
    return floats(sums);
  }

  static float[] floats(double[] x) {
    float[] floats = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      floats[i] = (float) x[i];
    }
    return floats;
  }
}
