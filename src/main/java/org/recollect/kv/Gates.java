package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.model.KeyGate;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// The trained part of [AttentionGate]: before each layer a small attention over the text so far,
/// which decides for each token and key/value head whether the token may enter the cache.
///
/// With `X` `[tokens][hiddenSize]` for what enters the layer's attention,
///
/// `p = sigmoid(MHA'(norm(X)) W + b)`, `[tokens][kvHeads]`; the flag of a token is 1 where `p > .5`
///
/// - `MHA'` is causal, so that a flag depends on the past alone and raw text can be learned from;
///   it has a quarter of the layer's query heads, at least one, of the same width, and no positions
///   (inferred; the paper says that the gate sees the context).
/// - One flag for each key/value head: query heads that share a key share what is cached (inferred;
///   the paper's models have a key head for each query head).
/// - First, `W` is zero and `b` is 3, so that everything is kept, and the maps to queries and keys
///   of `MHA'` are the same, so that a token looks mostly at itself (inferred).
///
/// Mutable: trained in place by [GateTraining]. Owns its weights, not the model's.
public final class Gates implements AutoCloseable {

  /// A token is kept where its probability is above this; the paper's tau.
  static final float THRESHOLD = 0.5f;

  /// What biases start from: a probability of 95 %.
  private static final double OPEN = 3;

  /// How much more a token's query is like its own key than chance has it.
  private static final double FOCUS = 1.25;

  private static final double EPSILON = 1e-5;

  private final LanguageModel model;
  private final Weights weights;

  private Gates(LanguageModel model, Weights weights) {
    this.model = model;
    this.weights = weights;
  }

  /// Gates that have learned nothing and keep everything.
  ///
  /// @param seed of the first weights
  public static Gates of(LanguageModel model, long seed) {
    var config = model.config();
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      shapes(config)
          .forEach((name, shape) -> {
            double deviation = FOCUS / Math.sqrt(shape.get(shape.dimension() - 1));
            // Queries and keys draw the same numbers.
            var random = RandomStream.of(seed, "gates", name.replace("k_proj", "q_proj"));
            arrays.put(
                name,
                switch (name.substring(name.indexOf('.', "gates.".length()) + 1)) {
                  case "norm.weight" -> manager.ones(shape);
                  case "out.weight" -> manager.zeros(shape);
                  case "out.bias" -> manager.full(shape, (float) OPEN);
                  default -> random.gaussian(manager, shape, deviation);
                });
          });
      return new Gates(model, Weights.of(arrays));
    }
  }

  private static Map<String, Shape> shapes(ModelConfig config) {
    long width = (long) Math.max(1, config.heads() / 4) * config.headDim();
    var inner = new Shape(width, config.hiddenSize());
    var shapes = new LinkedHashMap<String, Shape>();
    for (int layer = 0; layer < config.layers(); layer++) {
      String name = "gates." + layer + ".";
      shapes.put(name + "norm.weight", new Shape(config.hiddenSize()));
      shapes.put(name + "q_proj.weight", inner);
      shapes.put(name + "k_proj.weight", inner);
      shapes.put(name + "v_proj.weight", inner);
      shapes.put(name + "out.weight", new Shape(config.kvHeads(), width));
      shapes.put(name + "out.bias", new Shape(config.kvHeads()));
    }
    return shapes;
  }

  /// Reads what [#save] wrote.
  ///
  /// @throws IllegalArgumentException if the file holds no gates, or those of a model of another
  ///   shape
  public static Gates read(Path file, LanguageModel model) {
    var read = Safetensors.read(file);
    var expected = shapes(model.config());
    boolean fits =
        read.names().equals(expected.keySet())
            && expected.entrySet().stream()
                .allMatch(each -> read.get(each.getKey()).getShape().equals(each.getValue()));
    if (!fits) {
      read.close();
      throw new IllegalArgumentException(
          "%s holds no gates for a model of this shape: give the model that they were trained for."
              .formatted(file));
    }
    return new Gates(model, read);
  }

  /// Writes the weights as one safetensors file.
  public void save(Path file) {
    Safetensors.write(file, weights, Dtype.F32, Map.of("format", "pt"));
  }

  /// What is trained.
  public Weights weights() {
    return weights;
  }

  /// How many numbers the gates have, as a share of those of the model.
  public double share() {
    return (double) weights.parameters() / model.config().parameters();
  }

  /// The probability that a token is kept.
  ///
  /// @param normed what enters the layer's attention `[batch][tokens][hiddenSize]`
  /// @return `[batch][kvHeads][tokens]`
  NDArray probabilities(int layer, NDArray normed) {
    String name = "gates." + layer + ".";
    var x = Ops.rmsNorm(normed, weights.get(name + "norm.weight"), EPSILON);
    var mixed =
        Ops.attention(
            heads(Ops.linear(x, weights.get(name + "q_proj.weight"))),
            heads(Ops.linear(x, weights.get(name + "k_proj.weight"))),
            heads(Ops.linear(x, weights.get(name + "v_proj.weight"))),
            true);
    var shape = normed.getShape();
    var merged = mixed.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(1), -1);
    var logits =
        Ops.linear(merged, weights.get(name + "out.weight")).add(weights.get(name + "out.bias"));
    return Ops.sigmoid(logits).transpose(0, 2, 1);
  }

  private NDArray heads(NDArray x) {
    var shape = x.getShape();
    int headDim = model.config().headDim();
    return x.reshape(shape.get(0), shape.get(1), -1, headDim).transpose(0, 2, 1, 3);
  }

  /// A model that gives up tokens by these gates while it reads; see [LanguageModel#gated].
  ///
  /// @param read this model or one with adapters on it
  public LanguageModel on(LanguageModel read) {
    return read.gated((layer, normed) -> hard(probabilities(layer, normed)));
  }

  private static NDArray hard(NDArray probabilities) {
    return probabilities.gt(THRESHOLD).toType(DataType.FLOAT32, false);
  }

  /// The probabilities of a text that was read at once, `[kvHeads][tokens]`.
  ///
  /// @throws IllegalArgumentException if it was read in pieces
  public float[][] probabilities(Prompt prompt, int layer) {
    float[] input = prompt.layer(layer).input();
    int hidden = model.config().hiddenSize();
    if (input.length != prompt.length() * hidden) {
      throw new IllegalArgumentException(
          "Gates look at what entered each layer, which is not kept of a text that is read in pieces: read it at once.");
    }
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var x = Memory.ofFloats(manager, input, 1, prompt.length(), hidden);
      float[] flat = Memory.toFloats(probabilities(layer, model.attentionNorm(layer, x)));
      float[][] probabilities = new float[model.config().kvHeads()][prompt.length()];
      for (int i = 0; i < flat.length; i++) {
        probabilities[i / prompt.length()][i % prompt.length()] = flat[i];
      }
      return probabilities;
    }
  }

  /// The share of tokens that each head keeps of some texts, `[layers][kvHeads]`.
  public double[][] rates(List<Prompt> prompts) {
    var config = model.config();
    double[][] rates = new double[config.layers()][config.kvHeads()];
    long tokens = prompts.stream().mapToLong(Prompt::length).sum();
    for (var prompt : prompts) {
      for (int layer = 0; layer < rates.length; layer++) {
        float[][] probabilities = probabilities(prompt, layer);
        for (int head = 0; head < rates[layer].length; head++) {
          for (float p : probabilities[head]) {
            rates[layer][head] += p > THRESHOLD ? 1.0 / tokens : 0;
          }
        }
      }
    }
    return rates;
  }

  /// One pass of training: flags are hard, and their gradient goes to the probabilities as if they
  /// were those (the straight-through estimator of Bengio et al. 2013, arXiv:1308.3432). Mutable:
  /// it remembers how much each layer keeps.
  final class Pass implements KeyGate {

    private final NDArray prompt;
    private final List<NDArray> rates = new ArrayList<>();

    /// @param prompt 1 for a token of the prompt, 0 for one that comes after it and is always kept
    ///   `[batch][1][tokens]`
    Pass(NDArray prompt) {
      this.prompt = prompt;
    }

    @Override
    public NDArray flags(int layer, NDArray normed) {
      var p = probabilities(layer, normed);
      var soft = p.duplicate();
      rates.add(p.mul(prompt).mean().div(prompt.mean()));
      return p.add(hard(soft).sub(soft)).mul(prompt).add(prompt.neg().add(1));
    }

    /// How far the layers are from keeping a share of the prompt, `mean over layers |mean(p) -
    /// keep|`, a scalar.
    NDArray excess(double keep) {
      // A double would turn a scalar into a float64.
      var distances = rates.stream().map(rate -> rate.sub((float) keep).abs());
      return Ops.scale(distances.reduce(NDArray::add).orElseThrow(), 1.0 / rates.size());
    }
  }

  @Override
  public void close() {
    weights.close();
  }
}
