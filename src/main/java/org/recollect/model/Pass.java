package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.Optional;
import java.util.stream.IntStream;

/// How a pass begins: its tokens, and what stands before them.
///
/// @param stream the residual stream before the first layer `[batch][leading + tokens][hiddenSize]`
/// @param placement of all of the stream
/// @param leading positions of the stream that are not the text's
record Pass(NDArray stream, Placement placement, int leading) {

  /// @param embedded the text `[batch][tokens][hiddenSize]`
  /// @param placement of the text by itself
  static Pass of(
      Optional<VirtualTokens> before, NDArray embedded, Placement placement, RotaryTables rotary) {
    if (before.isEmpty()) {
      return new Pass(embedded, placement, 0);
    }
    if (placement.mask() != null || !placement.past().isEmpty()) {
      throw new IllegalStateException(
          "A model behind trained vectors reads a text at once, not in pieces or packed with others: read the whole text, or use the model below them.");
    }
    int count = before.get().count();
    var moved = IntStream.of(placement.positions()).map(position -> count + position);
    long batch = embedded.getShape().get(0);
    return switch (before.get()) {
      case SoftPrompt prompt -> {
        var vectors = prompt.vectors();
        var each = new Shape(batch, count, vectors.getShape().get(1));
        var stream =
            NDArrays.concat(new NDList(vectors.expandDims(0).broadcast(each), embedded), 1);
        var positions = IntStream.concat(IntStream.range(0, count), moved).toArray();
        yield new Pass(stream, new Placement(positions, null, placement.past()), count);
      }
      case Prefix prefix ->
          new Pass(embedded, new Placement(moved.toArray(), null, prefix.past(batch, rotary)), 0);
    };
  }

  /// What a stream has of the text, `[batch][tokens][hiddenSize]`.
  NDArray text(NDArray stream) {
    return leading == 0 ? stream : stream.get(":, " + leading + ":");
  }
}
