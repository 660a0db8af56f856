package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// How much the loss of a text depends on each number that a cache would hold: squared gradients of
/// its mean next-token loss, the diagonal of the empirical Fisher information.
///
/// @param keys by layer, at the keys before RoPE, `[tokens][kvHeads * headDim]`
/// @param values by layer, at the values, likewise
record FisherInformation(List<float[]> keys, List<float[]> values) {

  /// @param tokens at least two, so that there is one to predict
  static FisherInformation of(LanguageModel model, int[] tokens) {
    if (tokens.length < 2) {
      throw new IllegalArgumentException(
          "A text of %d tokens has no next token to predict: calibrate on longer ones."
              .formatted(tokens.length));
    }
    var config = model.config();
    var manager = model.weights().get("model.norm.weight").getManager();
    var keyProbes = new ArrayList<NDArray>();
    var valueProbes = new ArrayList<NDArray>();
    try (var _ = Torch.newScope()) {
      // Zeros that are added to a projection have the gradient of its output.
      var probed = model;
      for (int layer = 0; layer < config.layers(); layer++) {
        float[] zeros = new float[tokens.length * config.kvHeads() * config.headDim()];
        var key = Memory.ofFloats(manager, zeros, 1, tokens.length, zeros.length / tokens.length);
        var value = Memory.ofFloats(manager, zeros, 1, tokens.length, zeros.length / tokens.length);
        key.setRequiresGradient(true);
        value.setRequiresGradient(true);
        keyProbes.add(key);
        valueProbes.add(value);
        String name = "model.layers." + layer + ".self_attn.";
        probed =
            probed
                .adapt(name + "k_proj", (_, output) -> output.add(key))
                .adapt(name + "v_proj", (_, output) -> output.add(value));
      }
      try (var tape = Torch.gradients()) {
        tape.backward(loss(probed, tokens));
      }
      return new FisherInformation(squared(keyProbes), squared(valueProbes));
    }
  }

  private static NDArray loss(LanguageModel model, int[] tokens) {
    var manager = model.weights().get("model.norm.weight").getManager();
    long[] next = new long[tokens.length];
    for (int i = 0; i < next.length; i++) {
      next[i] = i + 1 < next.length ? tokens[i + 1] : Ops.IGNORED;
    }
    var logits = model.forward(Memory.ofInts(manager, tokens, 1, tokens.length));
    return Ops.crossEntropy(logits.reshape(tokens.length, -1), Memory.ofLongs(manager, next));
  }

  private static List<float[]> squared(List<NDArray> probes) {
    var all = new ArrayList<float[]>();
    for (var probe : probes) {
      float[] gradient = Memory.toFloats(probe.getGradient());
      for (int i = 0; i < gradient.length; i++) {
        gradient[i] *= gradient[i];
      }
      all.add(gradient);
    }
    return all;
  }
}
