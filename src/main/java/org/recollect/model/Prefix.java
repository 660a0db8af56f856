package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import org.recollect.model.Placement.Past;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Prefix tuning (Li and Liang, "Prefix-Tuning: Optimizing Continuous Prompts for Generation",
/// 2021, arXiv:2101.00190, section 4.2): keys and values in every layer before those of the text,
///
/// `attention(q, [P_k; K], [P_v; V])`
///
/// Keys are trained as they are before [Rope]. A prefix begins as what the model computes of some
/// words (their section 7.4): untrained, it predicts as if those stood before the text. The network
/// that the authors train in place of the vectors themselves (section 4.3) is left out. Owns its
/// weights.
///
/// @param weights `prefix.layers.<layer>.keys` and `prefix.layers.<layer>.values`,
///   `[kvHeads][count][headDim]`
public record Prefix(Weights weights) implements VirtualTokens {

  /// A prefix that begins as a text.
  ///
  /// @param words token ids, at least one
  public static Prefix of(LanguageModel model, int... words) {
    var config = model.config();
    var read = model.prefill(words, 1);
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (int layer = 0; layer < config.layers(); layer++) {
        long[] shape = {config.kvHeads(), words.length, config.headDim()};
        arrays.put(keys(layer), Memory.ofFloats(manager, read.layer(layer).keys(), shape));
        arrays.put(values(layer), Memory.ofFloats(manager, read.layer(layer).values(), shape));
      }
      return new Prefix(Weights.of(arrays));
    }
  }

  /// A prefix that begins as words drawn from the vocabulary, each equally likely.
  public static Prefix random(LanguageModel model, int count, long seed) {
    var random = RandomStream.of(seed, "prefix");
    return of(model, random.ints(count, 0, model.config().vocabSize()).toArray());
  }

  private static String keys(int layer) {
    return "prefix.layers." + layer + ".keys";
  }

  private static String values(int layer) {
    return "prefix.layers." + layer + ".values";
  }

  @Override
  public int count() {
    return (int) weights.get(keys(0)).getShape().get(1);
  }

  private int layers() {
    return weights.names().size() / 2;
  }

  /// What each layer has of the past, for a batch of texts that begin at position [#count].
  List<Past> past(long batch, RotaryTables rotary) {
    var turns = rotary.of(Placement.ofText(count()).positions());
    var past = new ArrayList<Past>();
    for (int layer = 0; layer < layers(); layer++) {
      var keys = Ops.rope(weights.get(keys(layer)), turns.cos(), turns.sin());
      past.add(new Past(batch(keys, batch), batch(weights.get(values(layer)), batch), null));
    }
    return past;
  }

  /// The same for each of a batch.
  private static NDArray batch(NDArray x, long batch) {
    var shape = x.getShape();
    return x.expandDims(0).broadcast(new Shape(batch, shape.get(0), shape.get(1), shape.get(2)));
  }

  /// What was read of a text together with these keys and values, each of which stands for a token
  /// -1. Statistics of attention are empty.
  Prompt before(Prompt text) {
    int[] tokens = new int[count() + text.length()];
    Arrays.fill(tokens, 0, count(), -1);
    System.arraycopy(text.tokens(), 0, tokens, count(), text.length());
    var layers = new ArrayList<Prompt.Layer>();
    for (int layer = 0; layer < layers(); layer++) {
      var of = text.layer(layer);
      layers.add(
          new Prompt.Layer(
              of.input(),
              of.queries(),
              joined(weights.get(keys(layer)), of.keys()),
              joined(weights.get(values(layer)), of.values()),
              of.columnSums(),
              of.windowAttention(),
              of.argmax(),
              of.massive().stream().map(this::shifted).toList()));
    }
    return new Prompt(text.config(), tokens, text.window(), List.copyOf(layers), text.logits());
  }

  private Prompt.Activation shifted(Prompt.Activation entry) {
    return new Prompt.Activation(count() + entry.token(), entry.channel(), entry.value());
  }

  /// Head by head, the prefix and then the text.
  ///
  /// @param first `[kvHeads][count][headDim]`
  /// @param text `[kvHeads][tokens][headDim]`
  private static float[] joined(NDArray first, float[] text) {
    float[] prefix = Memory.toFloats(first);
    int heads = (int) first.getShape().get(0);
    int before = prefix.length / heads;
    int after = text.length / heads;
    float[] joined = new float[prefix.length + text.length];
    for (int head = 0; head < heads; head++) {
      System.arraycopy(prefix, head * before, joined, head * (before + after), before);
      System.arraycopy(text, head * after, joined, head * (before + after) + before, after);
    }
    return joined;
  }

  @Override
  public Prefix copy() {
    return new Prefix(weights.copy());
  }

  @Override
  public void close() {
    weights.close();
  }
}
