package org.recollect.kernel;

import java.util.Arrays;
import java.util.List;

/// Puts what the parts of a step found together, in their order and in double precision.
final class SimdMerge {

  private SimdMerge() {}

  /// @param parts of a step
  /// @param logits of all of them `[queryHeads][tokens]`, or null where no statistics are wanted
  static Attended parts(DecodeStep step, List<SimdPart> parts, float[] logits) {
    var heads = step.heads();
    double[] shift = new double[heads.queryHeads()];
    double[] total = new double[heads.queryHeads()];
    Arrays.fill(shift, Double.NEGATIVE_INFINITY);
    for (var part : parts) {
      for (int i = 0; i < part.shift.length; i++) {
        int query = part.panel * part.shift.length + i;
        shift[query] = Math.max(shift[query], part.shift[i]);
      }
    }
    double[] sums = new double[heads.queryHeads() * heads.headDim()];
    for (var part : parts) {
      for (int i = 0; i < part.shift.length; i++) {
        int query = part.panel * part.shift.length + i;
        double scale = part.total[i] == 0 ? 0 : Math.exp(part.shift[i] - shift[query]);
        total[query] += scale * part.total[i];
        for (int c = 0; c < heads.headDim(); c++) {
          sums[query * heads.headDim() + c] += scale * part.sums[i * part.valueLanes + c];
        }
      }
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] /= total[i / heads.headDim()];
    }
    float[] output = ReferenceAttention.floats(sums);
    return step.statistics()
        ? statistics(step, output, logits, shift, total)
        : new Attended(output, null, null);
  }

  private static Attended statistics(
      DecodeStep step, float[] output, float[] logits, double[] shift, double[] total) {
    var heads = step.heads();
    int tokens = step.tokens();
    int[] argmax = new int[heads.queryHeads()];
    double[] sums = new double[heads.kvHeads() * tokens];
    for (int query = 0; query < heads.queryHeads(); query++) {
      int head = query / heads.queriesPerHead();
      for (int t = 0; t < tokens; t++) {
        float logit = logits[query * tokens + t];
        sums[head * tokens + t] += Math.exp(logit - shift[query]) / total[query];
        if (logit > logits[query * tokens + argmax[query]]) {
          argmax[query] = t;
        }
      }
    }
    return new Attended(output, ReferenceAttention.floats(sums), argmax);
  }
}
