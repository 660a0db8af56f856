package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.training.GradientCollector;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.recollect.model.LanguageModel;
import org.recollect.model.Placement;
import org.recollect.model.Placement.Past;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// The forward and backward passes of a chain of chunks. Mutable; owns the keys and values that the
/// chain carries along.
final class ChainPass implements AutoCloseable {

  private final LanguageModel model;
  private final GlobalBatch batch;
  private final List<Chunk> chain;
  private final int live;
  private final GradientCollector tape;
  private final KeyValueStore store;

  /// What a chunk's tokens see of each other and of what was before, `[chunk size][kept + chunk
  /// size]`, as the last chunk needs it; those before it take the columns from further right.
  private NDArray mask;

  private double loss;

  ChainPass(
      LanguageModel model, GlobalBatch batch, List<Chunk> chain, int live, GradientCollector tape) {
    this.model = model;
    this.batch = batch;
    this.chain = chain;
    this.live = live;
    this.tape = tape;
    this.store = new KeyValueStore(model.config(), kept());
  }

  /// A chunk that was read and may be run backward.
  ///
  /// @param hidden `[1][width][hiddenSize]`
  /// @param before what it saw of the chunks before it, layer by layer
  /// @param own its keys and values, part of the graph, layer by layer
  private record Read(Chunk chunk, NDArray hidden, List<Past> before, List<Past> own) {}

  /// Adds the gradient of the chain's losses to those of the weights.
  ///
  /// @return the sum of its chunks' shares of the loss
  double backward() {
    try (var _ = Torch.newScope()) {
      mask = chain.size() == 1 ? null : mask();
      run(0);
    }
    return loss;
  }

  /// Forward from this chunk on to the last, and backward from the last to this one. The open
  /// scopes are the live chunks: the last opened is the first to be run backward.
  private void run(int index) {
    if (index == chain.size()) {
      return;
    }
    if (index < chain.size() - live) {
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        keep(read(index));
      }
      run(index + 1);
      try (var _ = Torch.newScope()) {
        backward(read(index));
      }
    } else {
      try (var _ = Torch.newScope()) {
        var read = read(index);
        keep(read);
        run(index + 1);
        backward(read);
      }
    }
  }

  private Read read(int index) {
    var chunk = chain.get(index);
    var manager = model.weights().get("model.norm.weight").getManager();
    var before = store.before(chunk.first().from());
    var placement =
        before.isEmpty()
            ? chunk.placement(manager)
            : new Placement(
                Placement.after(chunk.first().from(), chunk.width(), before).positions(),
                maskOf(chunk),
                before);
    var own = new ArrayList<Past>();
    var hidden = model.hidden(batch.inputs(manager, chunk), placement, collecting(own));
    return new Read(chunk, hidden, before, own);
  }

  private static Tap collecting(List<Past> own) {
    return new Tap() {
      @Override
      public void attention(
          int layer,
          NDArray queries,
          NDArray keys,
          NDArray values,
          NDArray rotatedQueries,
          NDArray rotatedKeys) {
        own.add(new Past(rotatedKeys, values, null));
      }
    };
  }

  private void keep(Read read) {
    if (read.chunk != chain.getLast()) {
      store.put(read.chunk.first().from(), read.own);
    }
  }

  private void backward(Read read) {
    var objective = batch.loss(model, read.hidden, read.chunk);
    loss += objective.getFloat();
    if (read.chunk != chain.getLast()) {
      objective = objective.add(store.sentBack(read.chunk.first().from(), read.own));
    }
    tape.backward(objective);
    store.addGradients(read.before);
  }

  private int kept() {
    return chain.getLast().first().from();
  }

  private NDArray mask() {
    int size = chain.getFirst().width();
    int columns = kept() + size;
    float[] rows = new float[size * columns];
    for (int query = 0; query < size; query++) {
      Arrays.fill(
          rows,
          query * columns + kept() + query + 1,
          (query + 1) * columns,
          Float.NEGATIVE_INFINITY);
    }
    var manager = model.weights().get("model.norm.weight").getManager();
    return Memory.ofFloats(manager, rows, size, columns);
  }

  private NDArray maskOf(Chunk chunk) {
    int left = kept() - chunk.first().from();
    return mask.get(":%d, %d:%d".formatted(chunk.width(), left, kept() + chunk.width()));
  }

  @Override
  public void close() {
    store.close();
  }
}
