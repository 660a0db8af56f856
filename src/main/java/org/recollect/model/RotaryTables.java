package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The cosines and sines of [Rope] as arrays, made once for the longest text so far. Mutable; owns
/// its memory.
final class RotaryTables implements AutoCloseable {

  private final Rope rope;
  private final NDManager manager = Torch.manager();
  private Turns longest;

  /// The angles of some positions.
  ///
  /// @param cos `[tokens][headDim/2]`
  /// @param sin `[tokens][headDim/2]`
  record Turns(NDArray cos, NDArray sin) {}

  RotaryTables(Rope rope) {
    this.rope = rope;
  }

  /// The angles of some positions, valid until the scope around the call is closed.
  synchronized Turns of(int[] positions) {
    int end = Arrays.stream(positions).max().orElseThrow() + 1;
    if (longest == null || longest.cos.getShape().get(0) < end) {
      // The shorter tables stay alive: a pass in another thread may still read them.
      longest = tabulate(Math.max(Math.multiplyExact(2, end), 64));
    }
    int first = positions[0];
    if (IntStream.range(0, positions.length).allMatch(i -> positions[i] == first + i)) {
      String rows = first + ":" + end;
      return new Turns(longest.cos.get(rows), longest.sin.get(rows));
    }
    var rows = Memory.ofInts(manager, positions, positions.length);
    return new Turns(Ops.embedding(longest.cos, rows), Ops.embedding(longest.sin, rows));
  }

  private Turns tabulate(int positions) {
    int half = rope.headDim() / 2;
    var turns =
        new Turns(
            Memory.ofFloats(manager, rope.cos(positions), positions, half),
            Memory.ofFloats(manager, rope.sin(positions), positions, half));
    NDScope.unregister(turns.cos, turns.sin);
    return turns;
  }

  @Override
  public void close() {
    manager.close();
  }
}
