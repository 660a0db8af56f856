package org.recollect.model;

import java.util.Arrays;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.recollect.tensor.Memory;

/// A Llama in plain loops and doubles, written from the formulas and sharing no code with
/// [LanguageModel]: what that one is held to.
final class PlainLlama {

  private final ModelConfig config;
  private final Map<String, float[]> weights;

  /// What a layer's attention did, for tests of what is observed: `[heads][tokens][tokens]`.
  final double[][][][] attention;

  PlainLlama(LanguageModel model) {
    this.config = model.config();
    this.weights =
        model.weights().asMap().entrySet().stream()
            .collect(
                Collectors.toMap(Map.Entry::getKey, entry -> Memory.toFloats(entry.getValue())));
    this.attention = new double[config.layers()][][][];
  }

  /// Logits `[tokens][vocab]`.
  double[][] logits(int[] tokens) {
    double[][] x = new double[tokens.length][config.hiddenSize()];
    float[] embeddings = weights.get("model.embed_tokens.weight");
    for (int t = 0; t < tokens.length; t++) {
      for (int i = 0; i < config.hiddenSize(); i++) {
        x[t][i] = embeddings[tokens[t] * config.hiddenSize() + i];
      }
    }
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "model.layers." + layer + ".";
      double[][] normed = each(x, row -> norm(name + "input_layernorm.weight", row));
      add(x, attend(layer, name + "self_attn.", normed));
      double[][] again = each(x, row -> norm(name + "post_attention_layernorm.weight", row));
      add(x, each(again, row -> feedForward(name + "mlp.", row)));
    }
    String head = config.tiedEmbeddings() ? "model.embed_tokens.weight" : "lm_head.weight";
    return each(x, row -> times(head, norm("model.norm.weight", row)));
  }

  private double[] feedForward(String name, double[] x) {
    double[] gate = times(name + "gate_proj.weight", x);
    double[] up = times(name + "up_proj.weight", x);
    for (int i = 0; i < gate.length; i++) {
      gate[i] = gate[i] / (1 + Math.exp(-gate[i])) * up[i];
    }
    return times(name + "down_proj.weight", gate);
  }

  private double[][] attend(int layer, String name, double[][] x) {
    int length = x.length;
    int headDim = config.headDim();
    double[][] queries = each(x, row -> times(name + "q_proj.weight", row));
    double[][] keys = each(x, row -> times(name + "k_proj.weight", row));
    double[][] values = each(x, row -> times(name + "v_proj.weight", row));
    for (int t = 0; t < length; t++) {
      turn(queries[t], t);
      turn(keys[t], t);
    }
    attention[layer] = new double[config.heads()][length][length];
    double[][] mixed = new double[length][config.heads() * headDim];
    for (int head = 0; head < config.heads(); head++) {
      int kvHead = head * config.kvHeads() / config.heads();
      for (int t = 0; t < length; t++) {
        double total = 0;
        double[] weight = attention[layer][head][t];
        for (int s = 0; s <= t; s++) {
          double dot = 0;
          for (int i = 0; i < headDim; i++) {
            dot += queries[t][head * headDim + i] * keys[s][kvHead * headDim + i];
          }
          weight[s] = Math.exp(dot / Math.sqrt(headDim));
          total += weight[s];
        }
        for (int s = 0; s <= t; s++) {
          weight[s] /= total;
          for (int i = 0; i < headDim; i++) {
            mixed[t][head * headDim + i] += weight[s] * values[s][kvHead * headDim + i];
          }
        }
      }
    }
    return each(mixed, row -> times(name + "o_proj.weight", row));
  }

  /// Every pair `(i, i + headDim/2)` of every head is a complex number, turned by its angle.
  private void turn(double[] x, int position) {
    int half = config.headDim() / 2;
    for (int at = 0; at < x.length; at += 2 * half) {
      for (int i = 0; i < half; i++) {
        double angle = position / Math.pow(config.ropeTheta(), (double) i / half);
        double real = x[at + i];
        double imaginary = x[at + half + i];
        x[at + i] = Math.cos(angle) * real - Math.sin(angle) * imaginary;
        x[at + half + i] = Math.sin(angle) * real + Math.cos(angle) * imaginary;
      }
    }
  }

  private double[] norm(String name, double[] x) {
    double squares = 0;
    for (double value : x) {
      squares += value * value;
    }
    double root = Math.sqrt(squares / x.length + config.rmsNormEps());
    float[] weight = weights.get(name);
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[i] / root * weight[i];
    }
    return y;
  }

  private double[] times(String name, double[] x) {
    float[] matrix = weights.get(name);
    double[] y = new double[matrix.length / x.length];
    for (int row = 0; row < y.length; row++) {
      for (int i = 0; i < x.length; i++) {
        y[row] += matrix[row * x.length + i] * x[i];
      }
    }
    return y;
  }

  private static double[][] each(double[][] rows, UnaryOperator<double[]> function) {
    return Arrays.stream(rows).map(function).toArray(double[][]::new);
  }

  private static void add(double[][] x, double[][] more) {
    for (int t = 0; t < x.length; t++) {
      for (int i = 0; i < x[t].length; i++) {
        x[t][i] += more[t][i];
      }
    }
  }
}
