package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;

/// Outlier channels put into a model without changing what it computes. Small models lack the large
/// key channels that large ones grow, and which quantisers of large models are made for.
///
/// In each chosen head [#PAIRS] RoPE pairs of key channels are multiplied by [#FACTOR] and the same
/// channels of all queries that meet them divided by it. Both channels of a pair turn together, so
/// that every logit stays as it is, before and after RoPE.
public enum Outliers {
  /// The model as it is.
  NONE("none"),
  /// One key/value head in each group of four that RotateKV rotates together.
  ONE_HEAD("one head"),
  /// Every key/value head.
  ALL_HEADS("all heads");

  /// The name under which a study sweeps them.
  public static final String SETTING = "outliers";

  /// RoPE pairs of a head that become outliers (inferred: two to four are typical).
  public static final int PAIRS = 2;

  /// How much larger they become.
  public static final float FACTOR = 10;

  private static final int GROUP = 4;

  private final String label;

  Outliers(String label) {
    this.label = label;
  }

  /// As a setting names them: `none`, `one head` or `all heads`.
  public String label() {
    return label;
  }

  /// The outliers that a setting names.
  public static Outliers of(String label) {
    return Arrays.stream(values())
        .filter(outliers -> outliers.label.equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "There are no outliers '%s'; choose one of %s."
                    .formatted(
                        label,
                        Arrays.stream(values())
                            .map(each -> '"' + each.label + '"')
                            .collect(Collectors.joining(", ")))));
  }

  /// A model with these outliers in it, with weights of its own, which computes the same function.
  ///
  /// @param seed decides heads and channels
  public LanguageModel inject(LanguageModel model, long seed) {
    var config = model.config();
    float[][] growth = new float[config.layers()][];
    for (int layer = 0; layer < growth.length; layer++) {
      growth[layer] = growth(config, RandomStream.of(seed, "outliers", layer));
    }
    return model.withWeights(
        model
            .weights()
            .map((name, weight) -> {
              for (int layer = 0; layer < growth.length; layer++) {
                String attention = "model.layers." + layer + ".self_attn.";
                if (name.equals(attention + "k_proj.weight")) {
                  return scaled(weight, growth[layer]);
                }
                if (name.equals(attention + "q_proj.weight")) {
                  return scaled(weight, shrinkage(growth[layer], config));
                }
              }
              return weight;
            }));
  }

  /// What each key channel of a layer is multiplied by, `[kvHeads * headDim]`.
  private float[] growth(ModelConfig config, RandomStream random) {
    float[] growth = new float[config.kvHeads() * config.headDim()];
    Arrays.fill(growth, 1);
    int chosen = random.nextInt(GROUP);
    int half = config.headDim() / 2;
    for (int head = 0; head < config.kvHeads(); head++) {
      boolean grows =
          switch (this) {
            case NONE -> false;
            case ONE_HEAD -> head % GROUP == chosen % Math.min(GROUP, config.kvHeads());
            case ALL_HEADS -> true;
          };
      for (int pair : random.split(head).indices(Math.min(PAIRS, half), half)) {
        if (grows) {
          growth[head * config.headDim() + pair] = FACTOR;
          growth[head * config.headDim() + pair + half] = FACTOR;
        }
      }
    }
    return growth;
  }

  /// What each query channel must be multiplied by in return, `[heads * headDim]`.
  private static float[] shrinkage(float[] growth, ModelConfig config) {
    float[] shrinkage = new float[config.heads() * config.headDim()];
    for (int i = 0; i < shrinkage.length; i++) {
      int kvHead = i / config.headDim() / config.groupSize();
      shrinkage[i] = 1 / growth[kvHead * config.headDim() + i % config.headDim()];
    }
    return shrinkage;
  }

  /// A linear map `[out][in]` with its outputs scaled.
  private static NDArray scaled(NDArray weight, float[] factors) {
    return weight.mul(Memory.ofFloats(weight.getManager(), factors, factors.length, 1));
  }
}
