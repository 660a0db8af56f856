package org.recollect.model;

import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// The sizes of a [VisionTransformer].
///
/// @param channels of a picture, 1 or 3
/// @param pixels along a side of a picture
/// @param patch pixels along a side of a patch
/// @param hiddenSize width of the residual stream
/// @param layers Transformer blocks
/// @param heads of attention; their width is `hiddenSize / heads`
/// @param mlpSize width inside the feed-forward layers
/// @param classes told apart
public record VisionConfig(
    int channels,
    int pixels,
    int patch,
    int hiddenSize,
    int layers,
    int heads,
    int mlpSize,
    int classes) {

  public VisionConfig {
    if (patch < 1 || pixels < patch || pixels % patch != 0) {
      throw new IllegalArgumentException(
          "A picture of %d pixels cannot be cut into patches of %d: choose a divisor."
              .formatted(pixels, patch));
    }
    if (heads < 1 || hiddenSize < heads || hiddenSize % heads != 0) {
      throw new IllegalArgumentException(
          "A stream of width %d cannot be shared by %d heads: choose a divisor."
              .formatted(hiddenSize, heads));
    }
    if (channels < 1 || layers < 1 || mlpSize < 1 || classes < 1) {
      throw new IllegalArgumentException(
          "There are channels, layers, an mlpSize and classes of 1 or more, not %d, %d, %d and %d."
              .formatted(channels, layers, mlpSize, classes));
    }
  }

  /// ViT-S of the experiments, for grey pictures of 28 x 28: 16 patches of 7 x 7, 4 layers of width
  /// 64 with 4 heads.
  public static VisionConfig small(int classes) {
    return new VisionConfig(1, 28, 7, 64, 4, 4, 128, classes);
  }

  /// The same for pictures of another number of channels.
  public VisionConfig channels(int channels) {
    return new VisionConfig(channels, pixels, patch, hiddenSize, layers, heads, mlpSize, classes);
  }

  /// Patches along a side.
  int patches() {
    return pixels / patch;
  }

  /// The names and shapes of all weights, in order. The names are those of Hugging Face's vision
  /// encoders; a matrix is `[out][in]`.
  public SequencedMap<String, Shape> shapes() {
    var shapes = new LinkedHashMap<String, Shape>();
    shapes.put("embeddings.class_embedding", new Shape(hiddenSize));
    putLinear(shapes, "embeddings.patch_embedding", hiddenSize, channels * patch * patch);
    int tokens = patches() * patches() + 1;
    shapes.put("embeddings.position_embedding.weight", new Shape(tokens, hiddenSize));
    for (int layer = 0; layer < layers; layer++) {
      String name = "encoder.layers." + layer + ".";
      putNorm(shapes, name + "layer_norm1");
      for (String map : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        putLinear(shapes, name + "self_attn." + map, hiddenSize, hiddenSize);
      }
      putNorm(shapes, name + "layer_norm2");
      putLinear(shapes, name + "mlp.fc1", mlpSize, hiddenSize);
      putLinear(shapes, name + "mlp.fc2", hiddenSize, mlpSize);
    }
    putNorm(shapes, "post_layernorm");
    putLinear(shapes, "classifier", classes, hiddenSize);
    return shapes;
  }

  private static void putLinear(SequencedMap<String, Shape> shapes, String name, int out, int in) {
    shapes.put(name + ".weight", new Shape(out, in));
    shapes.put(name + ".bias", new Shape(out));
  }

  private void putNorm(SequencedMap<String, Shape> shapes, String name) {
    shapes.put(name + ".weight", new Shape(hiddenSize));
    shapes.put(name + ".bias", new Shape(hiddenSize));
  }
}
