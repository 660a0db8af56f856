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

  static double[] layerNorm(double[] x, double[] weight, double[] bias, double epsilon) {
    int dim = weight.length;
    var result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      var row = row(x, i / dim, dim);
      double mean = Arrays.stream(row).average().orElseThrow();
      double variance = dot(row, row) / dim - mean * mean;
      result[i] = (x[i] - mean) / Math.sqrt(variance + epsilon) * weight[i % dim] + bias[i % dim];
    }
    return result;
  }

  /// x times the integral of the normal density up to x, by Simpson's rule from 0.
  static double[] gelu(double[] x) {
    int intervals = 100;
    return Arrays.stream(x)
        .map(value -> {
          double sum = 0;
          for (int i = 0; i <= intervals; i++) {
            double t = value * i / intervals;
            int weight = i == 0 || i == intervals ? 1 : i % 2 == 1 ? 4 : 2;
            sum += weight * Math.exp(-t * t / 2) / Math.sqrt(2 * Math.PI);
          }
          return value * (.5 + sum * value / intervals / 3);
        })
        .toArray();
  }

  /// x `[n][channels][height][width]`, filters `[out][channels][side][side]`.
  static double[] conv2d(
      double[] x, double[] filters, int channels, int height, int width, int side, int padding) {
    int rows = height + 2 * padding - side + 1;
    int columns = width + 2 * padding - side + 1;
    int out = filters.length / (channels * side * side);
    int pictures = x.length / (channels * height * width);
    var result = new double[pictures * out * rows * columns];
    for (int at = 0; at < result.length; at++) {
      int picture = at / (columns * rows * out);
      int filter = at / (columns * rows) % out;
      for (int i = 0; i < channels * side * side; i++) {
        int c = i / (side * side);
        int y = at / columns % rows + i / side % side - padding;
        int left = at % columns + i % side - padding;
        if (y >= 0 && y < height && left >= 0 && left < width) {
          result[at] +=
              filters[filter * channels * side * side + i]
                  * x[((picture * channels + c) * height + y) * width + left];
        }
      }
    }
    return result;
  }

  static double[] maxPool(double[] x, int height, int width, int side) {
    int rows = height / side;
    int columns = width / side;
    var result = new double[x.length / (height * width) * rows * columns];
    Arrays.fill(result, Double.NEGATIVE_INFINITY);
    for (int i = 0; i < x.length; i++) {
      int row = i / width % height / side;
      int column = i % width / side;
      if (row < rows && column < columns) {
        int at = (i / (height * width) * rows + row) * columns + column;
        result[at] = Math.max(result[at], x[i]);
      }
    }
    return result;
  }

  /// Means and biased variances `[2][channels]` of x `[n][channels][places]`.
  static double[][] moments(double[] x, int channels, int places) {
    var moments = new double[2][channels];
    double count = (double) x.length / channels;
    for (int i = 0; i < x.length; i++) {
      moments[0][i / places % channels] += x[i] / count;
    }
    for (int i = 0; i < x.length; i++) {
      int c = i / places % channels;
      moments[1][c] += (x[i] - moments[0][c]) * (x[i] - moments[0][c]) / count;
    }
    return moments;
  }

  static double[] batchNorm(
      double[] x, double[] weight, double[] bias, int places, double[][] moments) {
    var result = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int c = i / places % weight.length;
      double root = Math.sqrt(moments[1][c] + ConvOps.EPSILON);
      result[i] = (x[i] - moments[0][c]) / root * weight[c] + bias[c];
    }
    return result;
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
