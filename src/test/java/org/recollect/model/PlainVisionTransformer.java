package org.recollect.model;

import java.util.HashMap;
import java.util.Map;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Weights;

/// A vision Transformer token by token in doubles, written from the paper's equations.
final class PlainVisionTransformer {
  private final VisionConfig config;
  private final Map<String, float[]> weights = new HashMap<>();

  PlainVisionTransformer(VisionConfig config, Weights weights) {
    this.config = config;
    weights.asMap().forEach((name, array) -> this.weights.put(name, Memory.toFloats(array)));
  }

  /// @param picture `[channels][pixels][pixels]`
  double[] logits(float[] picture) {
    int across = config.pixels() / config.patch();
    var x = new double[across * across + 1][];
    x[0] = doubles("embeddings.class_embedding");
    for (int i = 0; i < across * across; i++) {
      x[i + 1] = linear("embeddings.patch_embedding", patch(picture, i / across, i % across));
    }
    var positions = doubles("embeddings.position_embedding.weight");
    for (int t = 0; t < x.length; t++) {
      for (int d = 0; d < config.hiddenSize(); d++) {
        x[t][d] += positions[t * config.hiddenSize() + d];
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      layer("encoder.layers." + layer + ".", x);
    }
    return linear("classifier", norm("post_layernorm", x[0]));
  }

  private double[] patch(float[] picture, int row, int column) {
    int side = config.patch();
    int pixels = config.pixels();
    var patch = new double[config.channels() * side * side];
    for (int c = 0; c < config.channels(); c++) {
      for (int y = 0; y < side; y++) {
        for (int x = 0; x < side; x++) {
          patch[(c * side + y) * side + x] =
              picture[(c * pixels + row * side + y) * pixels + column * side + x];
        }
      }
    }
    return patch;
  }

  private void layer(String name, double[][] x) {
    var queries = new double[x.length][];
    var keys = new double[x.length][];
    var values = new double[x.length][];
    for (int t = 0; t < x.length; t++) {
      var normed = norm(name + "layer_norm1", x[t]);
      queries[t] = linear(name + "self_attn.q_proj", normed);
      keys[t] = linear(name + "self_attn.k_proj", normed);
      values[t] = linear(name + "self_attn.v_proj", normed);
    }
    for (int t = 0; t < x.length; t++) {
      add(x[t], linear(name + "self_attn.out_proj", attend(queries[t], keys, values)));
      var hidden = linear(name + "mlp.fc1", norm(name + "layer_norm2", x[t]));
      for (int i = 0; i < hidden.length; i++) {
        hidden[i] *= cumulative(hidden[i]);
      }
      add(x[t], linear(name + "mlp.fc2", hidden));
    }
  }

  private double[] attend(double[] query, double[][] keys, double[][] values) {
    int width = config.hiddenSize() / config.heads();
    var mixed = new double[query.length];
    for (int head = 0; head < config.heads(); head++) {
      var weights = new double[keys.length];
      double sum = 0;
      for (int t = 0; t < keys.length; t++) {
        double dot = 0;
        for (int d = head * width; d < (head + 1) * width; d++) {
          dot += query[d] * keys[t][d];
        }
        weights[t] = Math.exp(dot / Math.sqrt(width));
        sum += weights[t];
      }
      for (int t = 0; t < keys.length; t++) {
        for (int d = head * width; d < (head + 1) * width; d++) {
          mixed[d] += weights[t] / sum * values[t][d];
        }
      }
    }
    return mixed;
  }

  /// The normal distribution function, by the series of the error function.
  private static double cumulative(double x) {
    double term = x / Math.sqrt(2 * Math.PI);
    double sum = term;
    for (int n = 1; n < 200; n++) {
      term *= -x * x / (2 * n);
      sum += term / (2 * n + 1);
    }
    return .5 + sum;
  }

  private double[] norm(String name, double[] x) {
    double mean = 0;
    for (double value : x) {
      mean += value / x.length;
    }
    double variance = 0;
    for (double value : x) {
      variance += (value - mean) * (value - mean) / x.length;
    }
    var weight = weights.get(name + ".weight");
    var bias = weights.get(name + ".bias");
    var normed = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      normed[i] = (x[i] - mean) / Math.sqrt(variance + 1e-5) * weight[i] + bias[i];
    }
    return normed;
  }

  private double[] linear(String name, double[] x) {
    var weight = weights.get(name + ".weight");
    var result = doubles(name + ".bias");
    for (int i = 0; i < weight.length; i++) {
      result[i / x.length] += weight[i] * x[i % x.length];
    }
    return result;
  }

  private double[] doubles(String name) {
    var floats = weights.get(name);
    var doubles = new double[floats.length];
    for (int i = 0; i < floats.length; i++) {
      doubles[i] = floats[i];
    }
    return doubles;
  }

  private static void add(double[] x, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += y[i];
    }
  }
}
