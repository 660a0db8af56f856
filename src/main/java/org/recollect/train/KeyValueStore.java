package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.List;
import org.recollect.model.ModelConfig;
import org.recollect.model.Placement.Past;
import org.recollect.tensor.Torch;

/// The keys and values of a text that is read in chunks, cut off the graphs that made them, and
/// what later chunks send back to them as gradients. Mutable; owns its memory.
final class KeyValueStore implements AutoCloseable {

  private final NDManager manager = Torch.manager();
  private final List<Layer> layers = new ArrayList<>();

  /// Four arrays `[1][kvHeads][tokens][headDim]`.
  private record Layer(
      NDArray keys, NDArray values, NDArray keyGradients, NDArray valueGradients) {}

  /// @param tokens there is room for; 0 for a text that is read at once
  KeyValueStore(ModelConfig config, int tokens) {
    for (int layer = 0; tokens > 0 && layer < config.layers(); layer++) {
      var shape = new Shape(1, config.kvHeads(), tokens, config.headDim());
      layers.add(new Layer(zeros(shape), zeros(shape), zeros(shape), zeros(shape)));
    }
  }

  private NDArray zeros(Shape shape) {
    var zeros = manager.zeros(shape);
    NDScope.unregister(zeros);
    return zeros;
  }

  /// What a store of this many tokens takes.
  static long bytes(ModelConfig config, int tokens) {
    return 4L * config.layers() * config.kvHeads() * config.headDim() * tokens * Float.BYTES;
  }

  /// Takes in a chunk's keys and values, once.
  ///
  /// @param from the chunk's first token
  /// @param own layer by layer
  void put(int from, List<Past> own) {
    for (int layer = 0; layer < layers.size(); layer++) {
      String tokens = tokens(from, from + own.get(layer).tokens());
      layers.get(layer).keys.get(tokens).addi(own.get(layer).keys().stopGradient());
      layers.get(layer).values.get(tokens).addi(own.get(layer).values().stopGradient());
    }
  }

  /// The keys and values before a token, layer by layer, as leaves that gradients flow into; empty
  /// where there are none.
  List<Past> before(int token) {
    return token == 0
        ? List.of()
        : layers.stream()
            .map(layer ->
                new Past(
                    leaf(layer.keys.get(tokens(0, token))),
                    leaf(layer.values.get(tokens(0, token))),
                    null))
            .toList();
  }

  private static NDArray leaf(NDArray view) {
    var leaf = view.stopGradient();
    leaf.setRequiresGradient(true);
    return leaf;
  }

  /// A number whose gradient in a chunk's keys and values is what later chunks have sent back.
  NDArray sentBack(int from, List<Past> own) {
    NDArray sum = null;
    for (int layer = 0; layer < layers.size(); layer++) {
      var past = own.get(layer);
      String tokens = tokens(from, from + past.tokens());
      var product =
          past.keys()
              .mul(layers.get(layer).keyGradients.get(tokens))
              .add(past.values().mul(layers.get(layer).valueGradients.get(tokens)))
              .sum();
      sum = sum == null ? product : sum.add(product);
    }
    return sum;
  }

  /// Adds what a backward pass has left in its leaves.
  ///
  /// @param leaves of [#before]
  void addGradients(List<Past> leaves) {
    for (int layer = 0; layer < leaves.size(); layer++) {
      var past = leaves.get(layer);
      String tokens = tokens(0, past.tokens());
      layers.get(layer).keyGradients.get(tokens).addi(past.keys().getGradient());
      layers.get(layer).valueGradients.get(tokens).addi(past.values().getGradient());
    }
  }

  private static String tokens(int from, int to) {
    return ":, :, %d:%d".formatted(from, to);
  }

  @Override
  public void close() {
    manager.close();
  }
}
