package org.recollect.retrieval.search;

import java.util.Arrays;
import org.recollect.tensor.RandomStream;

/// A linear map of question vectors towards the vectors of the passages that answer them, learned
/// by InfoNCE (van den Oord, Li and Vinyals, "Representation Learning with Contrastive Predictive
/// Coding", 2018): with unit vectors `u_i = W q_i / |W q_i|` and `p_j` of a batch,
///
/// `loss = mean_i -ln( exp(u_i p_i / t) / sum_j exp(u_i p_j / t) )`
///
/// by plain gradient descent from `W = I`. The other passages of a batch are the wrong answers, but
/// for copies of the right one. Temperature t = 0.05, 300 steps of 64 pairs and rate 0.05 are
/// inferred.
final class QuestionMap {
  private static final double TEMPERATURE = 0.05;
  private static final double RATE = 0.05;
  private static final int STEPS = 300;
  private static final int BATCH = 64;

  /// `[dimensions][dimensions]`; none for the identity.
  private final float[][] map;

  private QuestionMap(float[][] map) {
    this.map = map;
  }

  static QuestionMap identity() {
    return new QuestionMap(new float[0][]);
  }

  /// @param questions `[pairs][dimensions]`, of length 1
  /// @param passages `[pairs][dimensions]`, of length 1
  /// @throws IllegalArgumentException if there are fewer than two pairs
  static QuestionMap learned(float[][] questions, float[][] passages, long seed) {
    if (questions.length < 2) {
      throw new IllegalArgumentException(
          "Tuning takes two pairs or more with words of the library, but got %d: give more."
              .formatted(questions.length));
    }
    int size = questions[0].length;
    float[][] map = new float[size][size];
    for (int i = 0; i < size; i++) {
      map[i][i] = 1;
    }
    var random = RandomStream.of(seed, "question map");
    for (int step = 0; step < STEPS; step++) {
      int[] batch = random.indices(Math.min(BATCH, questions.length), questions.length);
      float[][] right = Arrays.stream(batch).mapToObj(i -> passages[i]).toArray(float[][]::new);
      float[][] gradient = new float[size][size];
      for (int i = 0; i < batch.length; i++) {
        addGradient(map, questions[batch[i]], right, i, gradient);
      }
      for (int i = 0; i < size; i++) {
        add(gradient[i], -RATE / batch.length, map[i]);
      }
    }
    return new QuestionMap(map);
  }

  /// The gradient of one question's loss: `(g - (g u) u) / |W q|` times `q'`, where `g` is that by
  /// `u`.
  private static void addGradient(
      float[][] map, float[] question, float[][] passages, int right, float[][] into) {
    float[] mapped = times(map, question);
    double length = Math.sqrt(dot(mapped, mapped));
    float[] unit = Embedder.unit(mapped);
    double[] shares = softmax(unit, passages, right);
    float[] byUnit = new float[unit.length];
    for (int j = 0; j < passages.length; j++) {
      add(passages[j], (shares[j] - (j == right ? 1 : 0)) / TEMPERATURE, byUnit);
    }
    add(unit, -dot(byUnit, unit), byUnit);
    for (int i = 0; i < byUnit.length; i++) {
      add(question, byUnit[i] / length, into[i]);
    }
  }

  private static double[] softmax(float[] unit, float[][] passages, int right) {
    double[] shares = new double[passages.length];
    double sum = 0;
    for (int j = 0; j < shares.length; j++) {
      boolean copy = j != right && Arrays.equals(passages[j], passages[right]);
      // No cosine is above 1, so nothing overflows.
      shares[j] = copy ? 0 : StrictMath.exp((dot(unit, passages[j]) - 1) / TEMPERATURE);
      sum += shares[j];
    }
    for (int j = 0; j < shares.length; j++) {
      shares[j] /= sum;
    }
    return shares;
  }

  /// A question's vector as it is searched for, of length 1 or all zeros.
  float[] applied(float[] question) {
    return map.length == 0 ? question : Embedder.unit(times(map, question));
  }

  long bytes() {
    return 4L * map.length * map.length;
  }

  private static float[] times(float[][] map, float[] vector) {
    float[] result = new float[map.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = (float) dot(map[i], vector);
    }
    return result;
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static void add(float[] vector, double factor, float[] into) {
    for (int i = 0; i < into.length; i++) {
      into[i] += (float) factor * vector[i];
    }
  }
}
