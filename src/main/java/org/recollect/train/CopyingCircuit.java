package org.recollect.train;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Rope;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// Weights to start from, in which two heads already form an induction circuit (Olsson et al.,
/// "In-context Learning and Induction Heads", 2022): the first head of layer 0 looks at the token
/// before, the first head of layer 1 looks for a token whose predecessor was the current one and
/// copies it. From random weights the smallest subject had not found this circuit after the first
/// 480 steps of its recipe; from these it recalled after 300, see `notebooks/01-the-subject.ipynb`.
/// Training is free to keep, spread or drop it. Setting attention weights to what training would
/// arrive at is mimetic initialisation (Trockman and Kolter, "Mimetic Initialization of
/// Self-Attention Layers", 2023, arXiv:2305.09828); this construction is ours.
///
/// With random orthonormal directions, `V`, `U` and `W` `[headDim][hidden]` and a direction `c`
/// that all embeddings are given in common:
///
/// - layer 0: `k = a u cᵀ x` and `q = a R(-1) u cᵀ x`, where `R` is RoPE's rotation, so that the
///   logit depends on the distance alone and peaks at 1; `v = V x`, and the output is written along
///   `U`;
/// - layer 1: `q = b V x` and `k = b U x` agree where a token's predecessor is the current token;
///   `v = W x`, and the output is written along `W`, which raises the copied token's own logit.
///
/// Only the slowly turning channels of layer 1 are used, because content is to match at any
/// distance.
public final class CopyingCircuit {
  /// Pairs of channels, the fastest ones, that tell positions apart in layer 0.
  private static final int POSITION_PAIRS = 6;

  /// Radians that a channel may turn over the whole context for layer 1 to match by it.
  private static final double SLOW = 1.5;

  /// Logit that a pair of channels adds at distance 1.
  private static final double SHARPNESS = 10;

  /// Scale of queries and keys in layer 1.
  private static final double MATCH = 3.5;

  /// What the two heads write, relative to an embedding.
  private static final double REMEMBERED = 0.5;

  private static final double COPIED = 0.3;

  private final LanguageModel model;
  private final ModelConfig config;
  private final Rope rope;

  /// The orthonormal directions, `[3 headDim + 1][hidden]`.
  private final float[][] directions;

  private CopyingCircuit(LanguageModel model, RandomStream random) {
    this.model = model;
    this.config = model.config();
    this.rope = Rope.of(config);
    this.directions = orthonormal(3 * config.headDim() + 1, config.hiddenSize(), random);
  }

  /// Plants the circuit into a model that has learned nothing, in place.
  ///
  /// @param random decides the directions
  /// @throws IllegalArgumentException if the model has fewer than two layers, heads of fewer than
  ///   16 channels, or heads wider than a third of its hidden size
  public static void plant(LanguageModel model, RandomStream random) {
    var config = model.config();
    if (config.layers() < 2
        || config.headDim() < 16
        || config.hiddenSize() <= 3 * config.headDim()) {
      throw new IllegalArgumentException(
          "A copying circuit needs two layers, heads of 16 channels and a hidden size above three heads, but the model has %d, %d and %d: start without it."
              .formatted(config.layers(), config.headDim(), config.hiddenSize()));
    }
    var circuit = new CopyingCircuit(model, random);
    double length = circuit.mark();
    circuit.lookBack(length);
    circuit.matchAndCopy(length);
  }

  private float[] marker() {
    return directions[0];
  }

  /// Where layer 0 reads what a token is.
  private float[] current(int channel) {
    return directions[1 + channel];
  }

  /// Where layer 0 writes what the token before is.
  private float[] previous(int channel) {
    return directions[1 + config.headDim() + channel];
  }

  /// What layer 1 copies.
  private float[] copied(int channel) {
    return directions[1 + 2 * config.headDim() + channel];
  }

  /// Gives all embeddings the marker in common, as long as they are themselves on average.
  ///
  /// @return that length
  private double mark() {
    int hidden = config.hiddenSize();
    double[] length = {0};
    change(
        "model.embed_tokens.weight",
        embeddings -> {
          for (int token = 0; token < config.vocabSize(); token++) {
            length[0] += Math.sqrt(dot(embeddings, token * hidden, embeddings, token * hidden));
          }
          length[0] /= config.vocabSize();
          for (int token = 0; token < config.vocabSize(); token++) {
            double along = dot(embeddings, token * hidden, marker(), 0);
            for (int i = 0; i < hidden; i++) {
              embeddings[token * hidden + i] += (float) ((length[0] - along) * marker()[i]);
            }
          }
          return embeddings;
        });
    return length[0];
  }

  /// Layer 0: at every token, what the token before was.
  private void lookBack(double length) {
    var key = new float[config.headDim()];
    Arrays.fill(key, 0, POSITION_PAIRS, 1);
    var query = key.clone();
    rope.rotate(query, 0, -1);
    // The marker is half of an embedding's squared length, and the norm makes that hidden / 2.
    double scale = Math.sqrt(SHARPNESS * Math.sqrt(config.headDim()) / (config.hiddenSize() / 2.0));
    setRows(0, "k_proj", channel -> scaled(marker(), scale * key[channel]));
    setRows(0, "q_proj", channel -> scaled(marker(), scale * query[channel]));
    setRows(0, "v_proj", this::current);
    setOutput(0, this::previous, REMEMBERED * length);
  }

  /// Layer 1: what followed the current token when it stood here before.
  private void matchAndCopy(double length) {
    setRows(1, "q_proj", channel -> scaled(current(channel), slow(channel) * MATCH));
    setRows(1, "k_proj", channel -> scaled(previous(channel), slow(channel) * MATCH));
    setRows(1, "v_proj", this::copied);
    setOutput(1, this::copied, COPIED * length);
  }

  private double slow(int channel) {
    double turns = rope.frequency(channel % (config.headDim() / 2)) * config.contextLength();
    return turns > SLOW ? 0 : 1;
  }

  /// Sets the first head's rows of a projection, each `[hidden]`.
  private void setRows(int layer, String projection, IntFunction<float[]> row) {
    change(
        "model.layers." + layer + ".self_attn." + projection + ".weight",
        weight -> {
          for (int channel = 0; channel < config.headDim(); channel++) {
            System.arraycopy(
                row.apply(channel), 0, weight, channel * config.hiddenSize(), config.hiddenSize());
          }
          return weight;
        });
  }

  /// Lets the first head write each of its channels along a direction. The heads that share its
  /// keys are silent at first: they would write its strong values along directions of chance.
  private void setOutput(int layer, IntFunction<float[]> direction, double scale) {
    int width = config.heads() * config.headDim();
    int group = config.groupSize() * config.headDim();
    change(
        "model.layers." + layer + ".self_attn.o_proj.weight",
        weight -> {
          for (int i = 0; i < config.hiddenSize(); i++) {
            Arrays.fill(weight, i * width, i * width + group, 0);
            for (int channel = 0; channel < config.headDim(); channel++) {
              weight[i * width + channel] = (float) (scale * direction.apply(channel)[i]);
            }
          }
          return weight;
        });
  }

  private void change(String name, UnaryOperator<float[]> change) {
    var weight = model.weights().get(name);
    Memory.write(weight, change.apply(Memory.toFloats(weight)));
  }

  /// Random directions of length 1, each at right angles to the others, `[count][dimensions]`.
  private static float[][] orthonormal(int count, int dimensions, RandomStream random) {
    var directions = new float[count][dimensions];
    try (var manager = Torch.manager()) {
      var gaussian = random.gaussian(manager, new Shape(dimensions, count), 1);
      float[] columns = Memory.toFloats(LinearAlgebra.qr(gaussian).q());
      for (int row = 0; row < count; row++) {
        for (int i = 0; i < dimensions; i++) {
          directions[row][i] = columns[i * count + row];
        }
      }
    }
    return directions;
  }

  private static float[] scaled(float[] x, double factor) {
    var scaled = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      scaled[i] = (float) (factor * x[i]);
    }
    return scaled;
  }

  private double dot(float[] a, int aOffset, float[] b, int bOffset) {
    double sum = 0;
    for (int i = 0; i < config.hiddenSize(); i++) {
      sum += (double) a[aOffset + i] * b[bOffset + i];
    }
    return sum;
  }
}
