package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.Heads;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Prefill;
import org.recollect.kernel.PrefillStatistics;
import org.recollect.tensor.Memory;

/// Where attention goes in one text, gathered while the model reads it. Mutable: one text, one
/// object.
public final class AttentionStatistics implements Tap {

  private final int window;
  private final List<PrefillStatistics> layers = new ArrayList<>();

  /// @param window how many of the last queries are kept row by row; a shorter text keeps all of
  ///   its queries
  public AttentionStatistics(int window) {
    if (window < 1) {
      throw new IllegalArgumentException(
          "window is " + window + ", but at least the last query is kept: give 1 or more.");
    }
    this.window = window;
  }

  /// What each layer's heads attended to, once the model has read the text.
  public List<PrefillStatistics> layers() {
    return List.copyOf(layers);
  }

  /// @throws IllegalArgumentException if the batch has more than one text, or a query or key is not
  ///   finite
  @Override
  public void attention(
      int layer,
      NDArray queries,
      NDArray keys,
      NDArray values,
      NDArray rotatedQueries,
      NDArray rotatedKeys) {
    var shape = queries.getShape();
    if (shape.get(0) != 1) {
      throw new IllegalArgumentException(
          "the batch has %d texts, but attention statistics are those of one: pass them singly."
              .formatted(shape.get(0)));
    }
    int kvHeads = (int) keys.getShape().get(1);
    var heads = new Heads(kvHeads, (int) shape.get(1) / kvHeads, (int) shape.get(3));
    var text =
        new Prefill(heads, Memory.toFloats(rotatedQueries), Memory.toFloats(rotatedKeys), window);
    layers.add(Kernels.prefillAttention().attend(text));
  }
}
