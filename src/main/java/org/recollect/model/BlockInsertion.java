package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.tensor.Weights;

/// A deeper model of the same function, whose new layers can be trained while all others stay as
/// they are (Wu et al., "LLaMA Pro: Progressive LLaMA with Block Expansion", 2024,
/// arXiv:2401.02415, section 3.2): right behind each chosen layer stands a copy of it, all of whose
/// weights are the layer's but for the two maps that end in the residual stream, which are zero,
///
/// `x = x + o_proj(...) = x + 0`\
/// `x = x + down_proj(...) = x + 0`
///
/// so that an untrained copy gives its input back to the bit (a zero may lose its sign). Upstream
/// of those zeros a copy has no gradient in its first step.
///
/// ```java
/// try (var deeper = BlockInsertion.after(model, 1, 3);
///     var trainer = new Trainer(deeper.weights(), new AdamW(), schedule, 1)) {
///   trainer.step(() -> NextToken.loss(deeper.model(), batch));
/// }
/// ```
///
/// @param model that owns its weights; its tokenizer is that of the model it was made from, which
///   is closed last
/// @param copies the layers of this model that are copies, ascending
public record BlockInsertion(LanguageModel model, List<Integer> copies) implements AutoCloseable {

  /// @param base without overlays; it remains as it is
  /// @param layers of the base, each once, behind which copies are inserted, at least one
  /// @throws IllegalArgumentException if the base has no such layer
  public static BlockInsertion after(LanguageModel base, int... layers) {
    int depth = base.config().layers();
    var chosen = Arrays.stream(layers).sorted().distinct().boxed().toList();
    if (chosen.isEmpty()
        || chosen.size() < layers.length
        || chosen.getFirst() < 0
        || chosen.getLast() >= depth) {
      throw new IllegalArgumentException(
          "Copies are inserted behind at least one of the layers 0 to %d, each named once; got %s."
              .formatted(depth - 1, Arrays.toString(layers)));
    }
    var origins = new ArrayList<Integer>();
    var copies = new ArrayList<Integer>();
    for (int layer = 0; layer < depth; layer++) {
      origins.add(layer);
      if (chosen.contains(layer)) {
        copies.add(origins.size());
        origins.add(layer);
      }
    }
    var weights = weights(base, origins, copies);
    return new BlockInsertion(base.withLayers(origins.size(), weights), List.copyOf(copies));
  }

  /// The layers behind which copies stand at even distances, the last layer among them, as in LLaMA
  /// Pro.
  ///
  /// @param count from 1 to the layers of the model
  public static int[] evenly(LanguageModel base, int count) {
    int depth = base.config().layers();
    if (count < 1 || count > depth) {
      throw new IllegalArgumentException(
          "A model of %d layers takes 1 to %d copies, not %d.".formatted(depth, depth, count));
    }
    return IntStream.rangeClosed(1, count).map(i -> i * depth / count - 1).toArray();
  }

  /// @param origins the base's layer for each of the new model's
  private static Weights weights(LanguageModel base, List<Integer> origins, List<Integer> copies) {
    var arrays = new LinkedHashMap<String, NDArray>();
    for (String name : base.config().withLayers(origins.size()).shapes().sequencedKeySet()) {
      int layer = layer(name);
      if (layer < 0) {
        arrays.put(name, base.weights().get(name).duplicate());
        continue;
      }
      var from = base.weights().get(name.replace(block(layer), block(origins.get(layer))));
      boolean ends = name.endsWith(".o_proj.weight") || name.endsWith(".down_proj.weight");
      arrays.put(name, ends && copies.contains(layer) ? from.zerosLike() : from.duplicate());
    }
    return Weights.of(arrays);
  }

  /// The weights of the copies: a view of the model's, which owns them.
  public Weights weights() {
    return model.weights().only(name -> copies.contains(layer(name)));
  }

  private static String block(int layer) {
    return "model.layers." + layer + ".";
  }

  /// The number of the layer that a weight is in, or -1.
  private static int layer(String name) {
    return Adaptable.block(name)
        .map(block -> Integer.parseInt(block.substring(block.lastIndexOf('.') + 1)))
        .orElse(-1);
  }

  @Override
  public void close() {
    model.close();
  }
}
