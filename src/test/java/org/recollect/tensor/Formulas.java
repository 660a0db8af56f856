package org.recollect.tensor;

import java.util.Arrays;

/// The operators as textbooks state them, on row-major doubles.
final class Formulas {
  private Formulas() {}

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[] times(double[] a, double[] b) {
    var product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      product[i] = a[i] * b[i];
    }
    return product;
  }

  /// x `[n][inner]` times the transpose of weight `[out][inner]`.
  static double[] linear(double[] x, double[] weight, int inner) {
    int rows = x.length / inner;
    int out = weight.length / inner;
    var product = new double[rows * out];
    for (int i = 0; i < product.length; i++) {
      product[i] = dot(row(x, i / out, inner), row(weight, i % out, inner));
    }
    return product;
  }

  static double[] rmsNorm(double[] x, double[] weight, double epsilon) {
    var result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      var row = row(x, i / weight.length, weight.length);
      double meanSquare = dot(row, row) / row.length;
      result[i] = x[i] / Math.sqrt(meanSquare + epsilon) * weight[i % weight.length];
    }
    return result;
  }

  static double[] silu(double[] x) {
    return Arrays.stream(x).map(value -> value / (1 + Math.exp(-value))).toArray();
  }

  static double[] softmax(double[] x, int classes) {
    var result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      double sum = Arrays.stream(row(x, i / classes, classes)).map(Math::exp).sum();
      result[i] = Math.exp(x[i]) / sum;
    }
    return result;
  }

  static double[] crossEntropy(double[] logits, int[] targets, int classes) {
    var probabilities = softmax(logits, classes);
    double sum = 0;
    int counted = 0;
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] >= 0) {
        sum -= Math.log(probabilities[i * classes + targets[i]]);
        counted++;
      }
    }
    return new double[] {sum / counted};
  }

  static double[] rows(double[] weight, int[] ids, int dim) {
    return Arrays.stream(ids)
        .boxed()
        .flatMapToDouble(id -> Arrays.stream(row(weight, id, dim)))
        .toArray();
  }

  /// Turns each pair (x[i], x[i + dim / 2]) by its angle.
  static double[] rope(double[] x, double[] cos, double[] sin, int tokens, int dim) {
    var result = new double[x.length];
    int half = dim / 2;
    for (int row = 0; row < x.length / dim; row++) {
      for (int i = 0; i < half; i++) {
        int angle = row % tokens * half + i;
        double a = x[row * dim + i];
        double b = x[row * dim + i + half];
        result[row * dim + i] = a * cos[angle] - b * sin[angle];
        result[row * dim + i + half] = a * sin[angle] + b * cos[angle];
      }
    }
    return result;
  }

  static double[] attention(
      double[] q,
      double[] k,
      double[] v,
      int batch,
      int heads,
      int kvHeads,
      int queries,
      int tokens,
      int dim,
      boolean causal) {
    var result = new double[q.length];
    for (int row = 0; row < batch * heads * queries; row++) {
      int query = row % queries;
      int head = row / queries % heads;
      int item = row / queries / heads;
      int firstKey = (item * kvHeads + head * kvHeads / heads) * tokens;
      int visible = causal ? query + 1 : tokens;
      var scores = new double[visible];
      for (int t = 0; t < visible; t++) {
        scores[t] = dot(row(q, row, dim), row(k, firstKey + t, dim)) / Math.sqrt(dim);
      }
      var probabilities = softmax(scores, visible);
      for (int t = 0; t < visible; t++) {
        for (int i = 0; i < dim; i++) {
          result[row * dim + i] += probabilities[t] * v[(firstKey + t) * dim + i];
        }
      }
    }
    return result;
  }

  private static double[] row(double[] matrix, int index, int width) {
    return Arrays.copyOfRange(matrix, index * width, (index + 1) * width);
  }
}
