package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A vision Transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021,
/// arXiv:2010.11929, section 3.1, equations 1 to 4). A picture's patches become tokens by one
/// linear map, behind a learned class token, and each token learns its position. With `norm` for
/// layer norm, every layer computes
///
/// `x = x + attention(norm(x))`\
/// `x = x + fc2(gelu(fc1(norm(x))))`
///
/// and the class token's last state, normed, is what the linear classifier is given.
public final class VisionTransformer implements ImageClassifier, Adaptable<VisionTransformer> {
  private static final double EPSILON = 1e-5;

  private final VisionConfig config;
  private final Weights weights;
  private final Overlays overlays;
  private final boolean owner;

  /// A model that owns its weights.
  ///
  /// @param weights under the names of [VisionConfig#shapes]
  /// @throws IllegalArgumentException if a weight is missing or has another shape than the
  ///   configuration asks for
  public VisionTransformer(VisionConfig config, Weights weights) {
    this(config, weights, Overlays.NONE, true);
  }

  private VisionTransformer(
      VisionConfig config, Weights weights, Overlays overlays, boolean owner) {
    this.config = config;
    this.weights = weights;
    this.overlays = overlays;
    this.owner = owner;
    config
        .shapes()
        .forEach((name, shape) -> {
          var given = weights.get(name).getShape();
          if (!given.equals(shape)) {
            throw new IllegalArgumentException(
                "The weight %s has the shape %s, but the configuration asks for %s: take both from the same training."
                    .formatted(name, given, shape));
          }
        });
  }

  /// A Transformer that has learned nothing: matrices are normal with a variance of 1 / inputs, the
  /// class token and the positions with a standard deviation of .02, biases 0.
  public static VisionTransformer random(VisionConfig config, RandomStream random) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      config
          .shapes()
          .forEach((name, shape) -> {
            if (name.endsWith(".bias")) {
              arrays.put(name, manager.zeros(shape));
            } else if (name.contains("norm")) {
              arrays.put(name, manager.ones(shape));
            } else {
              boolean token = name.contains("class_") || name.contains("position_");
              double deviation = token ? .02 : 1 / Math.sqrt(shape.get(1));
              arrays.put(name, random.split(name).gaussian(manager, shape, deviation));
            }
          });
      return new VisionTransformer(config, Weights.of(arrays));
    }
  }

  public VisionConfig config() {
    return config;
  }

  @Override
  public Weights weights() {
    return weights;
  }

  @Override
  public int classes() {
    return config.classes();
  }

  @Override
  public VisionTransformer withWeights(Weights other) {
    return new VisionTransformer(config, other, overlays, true);
  }

  @Override
  public VisionTransformer adapt(String linearName, Adapter adapter) {
    if (!linearMaps().contains(linearName)) {
      throw new IllegalArgumentException(
          "There is no linear map '%s': the model has %s."
              .formatted(linearName, String.join(", ", linearMaps())));
    }
    return new VisionTransformer(config, weights, overlays.with(linearName, adapter), false);
  }

  @Override
  public List<String> linearMaps() {
    return config.shapes().sequencedKeySet().stream()
        .filter(name -> name.endsWith(".bias") && !name.contains("norm"))
        .map(name -> name.substring(0, name.length() - ".bias".length()))
        .toList();
  }

  @Override
  public NDArray weight(String linearName) {
    return weights.get(linearName + ".weight");
  }

  @Override
  public NDArray features(NDArray pictures) {
    var x = embed(pictures);
    for (int layer = 0; layer < config.layers(); layer++) {
      x = layer(layer, x);
    }
    return norm("post_layernorm", x.get(":, 0"));
  }

  @Override
  public NDArray head(NDArray features) {
    return linear("classifier", features);
  }

  /// The residual stream before the first layer.
  ///
  /// @param pictures `[batch][channels][pixels][pixels]`
  /// @return `[batch][tokens][hiddenSize]`, the class token first, then the patches row by row
  public NDArray embed(NDArray pictures) {
    long batch = requirePictures(pictures.getShape());
    int across = config.patches();
    var patches =
        pictures
            .reshape(batch, config.channels(), across, config.patch(), across, config.patch())
            .transpose(0, 2, 4, 1, 3, 5)
            .reshape(batch, across * across, -1);
    var classToken =
        weights
            .get("embeddings.class_embedding")
            .reshape(1, 1, config.hiddenSize())
            .broadcast(batch, 1, config.hiddenSize());
    var tokens = new NDList(classToken, linear("embeddings.patch_embedding", patches));
    return NDArrays.concat(tokens, 1).add(weights.get("embeddings.position_embedding.weight"));
  }

  /// One layer: what [#features] is made of, for those who change the stream between layers.
  ///
  /// @param layer from 0
  /// @param x the residual stream `[batch][tokens][hiddenSize]`
  /// @return the residual stream behind the layer, likewise
  public NDArray layer(int layer, NDArray x) {
    String name = "encoder.layers." + layer + ".";
    var mixed = x.add(attention(name + "self_attn.", norm(name + "layer_norm1", x)));
    var hidden = Ops.gelu(linear(name + "mlp.fc1", norm(name + "layer_norm2", mixed)));
    return mixed.add(linear(name + "mlp.fc2", hidden));
  }

  private NDArray attention(String name, NDArray x) {
    var mixed =
        Ops.attention(
            heads(linear(name + "q_proj", x)),
            heads(linear(name + "k_proj", x)),
            heads(linear(name + "v_proj", x)),
            false);
    return linear(name + "out_proj", mixed.transpose(0, 2, 1, 3).reshape(x.getShape()));
  }

  /// `[batch][tokens][hiddenSize]` as `[batch][heads][tokens][headDim]`.
  private NDArray heads(NDArray x) {
    var shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), config.heads(), -1).transpose(0, 2, 1, 3);
  }

  private NDArray norm(String name, NDArray x) {
    return Ops.layerNorm(x, weights.get(name + ".weight"), weights.get(name + ".bias"), EPSILON);
  }

  private NDArray linear(String name, NDArray input) {
    var output = Ops.linear(input, weight(name)).add(weights.get(name + ".bias"));
    for (Adapter adapter : overlays.on(name)) {
      output = adapter.apply(input, output);
    }
    return output;
  }

  private long requirePictures(Shape given) {
    var expected =
        new Shape(
            given.dimension() == 0 ? 1 : given.get(0),
            config.channels(),
            config.pixels(),
            config.pixels());
    if (!given.equals(expected)) {
      throw new IllegalArgumentException(
          "The Transformer was given pictures %s, expected [batch][%d][%d][%d]: draw them in the size of its configuration."
              .formatted(given, config.channels(), config.pixels(), config.pixels()));
    }
    return given.get(0);
  }

  @Override
  public void close() {
    if (owner) {
      weights.close();
    }
  }
}
