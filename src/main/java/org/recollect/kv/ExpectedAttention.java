package org.recollect.kv;

import java.util.Arrays;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

/// Expected Attention (Devoto et al., kvpress, 2025): the attention that queries to come can be
/// expected to pay.
///
/// The queries of a head, before RoPE, are taken as normal with the mean `m` and the covariance `S`
/// that they have in the prompt. Turned to the positions to come they are so still, and the mean of
/// `exp(q . k / sqrt(d))` over a normal `q` has a closed form.
///
/// - `m`, `S`: over the prompt's queries but those of the first `sinks` tokens, for each query
///   head.
/// - `R`: the RoPE matrix averaged over the next `horizon` positions; `m' = R m`, `S' = R S R^T`.
/// - `z[t] = k_t . m' / sqrt(d) + k_t^T S' k_t / (2 d)`, keys after RoPE; `softmax` over `t`;
///   averaged over the query heads that share the key; times `|v_t|`.
/// - The first `sinks` tokens are always kept. Nothing is given up while decoding.
///
/// @param sinks first tokens that are kept in any case and whose queries do not count; 4 in kvpress
/// @param horizon positions to come that are averaged over; 512 in kvpress
public record ExpectedAttention(int sinks, int horizon) implements Scorer {

  /// Four sinks and the next 512 positions.
  public ExpectedAttention() {
    this(4, 512);
  }

  public ExpectedAttention {
    if (sinks < 0 || horizon < 1) {
      throw new IllegalArgumentException(
          "Expected attention keeps 0 or more sinks and looks at least one position ahead; got %d and %d."
              .formatted(sinks, horizon));
    }
  }

  @Override
  public String name() {
    return "Expected Attention";
  }

  /// What is remembered of the queries of a text that is read in pieces.
  @Override
  public int window() {
    return 32;
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    var config = prompt.config();
    int tokens = prompt.length();
    float[] keys = prompt.layer(layer).keys().clone();
    var rope = Rope.of(config);
    for (int i = 0; i < config.kvHeads() * tokens; i++) {
      rope.rotate(keys, i * config.headDim(), i % tokens);
    }
    float[][] importance = new float[config.kvHeads()][tokens];
    for (int head = 0; head < config.heads(); head++) {
      int kvHead = head / config.groupSize();
      double[] logits =
          logits(future(prompt, layer, head), keys, kvHead * tokens * config.headDim(), tokens);
      softmax(logits);
      for (int token = 0; token < tokens; token++) {
        importance[kvHead][token] += (float) (logits[token] / config.groupSize());
      }
    }
    weighByValues(importance, prompt.layer(layer).values(), config, tokens);
    return importance;
  }

  /// Queries to come.
  ///
  /// @param mean `[headDim]`
  /// @param covariance `[headDim][headDim]`
  private record Queries(double[] mean, double[][] covariance) {}

  /// The queries to come of a head: those of the prompt, turned.
  private Queries future(Prompt prompt, int layer, int head) {
    int headDim = prompt.config().headDim();
    float[] queries = prompt.layer(layer).queries();
    int asked = queries.length / prompt.config().heads() / headDim;
    int first = asked == prompt.length() ? Math.min(sinks, asked - 1) : 0;
    double[] mean = new double[headDim];
    double[][] covariance = new double[headDim][headDim];
    for (int token = first; token < asked; token++) {
      int at = (head * asked + token) * headDim;
      for (int i = 0; i < headDim; i++) {
        mean[i] += queries[at + i] / (asked - first);
      }
    }
    for (int token = first; token < asked; token++) {
      int at = (head * asked + token) * headDim;
      for (int i = 0; i < headDim; i++) {
        double deviation = (queries[at + i] - mean[i]) / (asked - first);
        for (int j = 0; j < headDim; j++) {
          covariance[i][j] += deviation * (queries[at + j] - mean[j]);
        }
      }
    }
    double[][] turn = turn(prompt);
    return new Queries(times(turn, mean), timesTransposed(timesTransposed(turn, covariance), turn));
  }

  /// The RoPE matrix averaged over the positions to come, `[headDim][headDim]`.
  private double[][] turn(Prompt prompt) {
    var rope = Rope.of(prompt.config());
    int half = rope.headDim() / 2;
    double[][] turn = new double[rope.headDim()][rope.headDim()];
    for (int i = 0; i < half; i++) {
      for (int ahead = 0; ahead < horizon; ahead++) {
        double angle = (prompt.length() + ahead) * rope.frequency(i);
        turn[i][i] += Math.cos(angle) / horizon;
        turn[i + half][i] += Math.sin(angle) / horizon;
      }
      turn[i + half][i + half] = turn[i][i];
      turn[i][i + half] = -turn[i + half][i];
    }
    return turn;
  }

  /// The logarithm of the expected `exp(q . k / sqrt(d))` for each key.
  private static double[] logits(Queries queries, float[] keys, int from, int tokens) {
    int headDim = queries.mean.length;
    double[] logits = new double[tokens];
    for (int token = 0; token < tokens; token++) {
      int at = from + token * headDim;
      double linear = 0;
      double square = 0;
      for (int i = 0; i < headDim; i++) {
        double inner = 0;
        for (int j = 0; j < headDim; j++) {
          inner += queries.covariance[i][j] * keys[at + j];
        }
        linear += queries.mean[i] * keys[at + i];
        square += inner * keys[at + i];
      }
      logits[token] = linear / Math.sqrt(headDim) + square / (2 * headDim);
    }
    return logits;
  }

  private static void softmax(double[] x) {
    double top = Arrays.stream(x).max().orElseThrow();
    double total = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.exp(x[i] - top);
      total += x[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] /= total;
    }
  }

  private static void weighByValues(
      float[][] importance, float[] values, ModelConfig config, int tokens) {
    for (int i = 0; i < config.kvHeads() * tokens; i++) {
      double squares = 0;
      for (int c = i * config.headDim(); c < (i + 1) * config.headDim(); c++) {
        squares += (double) values[c] * values[c];
      }
      importance[i / tokens][i % tokens] *= (float) Math.sqrt(squares);
    }
  }

  private static double[] times(double[][] a, double[] x) {
    double[] product = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < x.length; j++) {
        product[i] += a[i][j] * x[j];
      }
    }
    return product;
  }

  /// `a bᵀ`.
  private static double[][] timesTransposed(double[][] a, double[][] b) {
    double[][] product = new double[a.length][];
    for (int i = 0; i < a.length; i++) {
      product[i] = times(b, a[i]);
    }
    return product;
  }
}
