package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;

/// In what numbers a matrix product takes its factors. It is summed in float32 and its result is
/// float32 in any case.
public enum Precision {
  FLOAT32,

  /// The upper half of float32: eight significant bits. Processors with instructions for it
  /// (AVX-512 BF16, AMX) multiply it several times faster, others slower. It is enough for the
  /// products of training while the weights themselves stay float32 (Kalamkar et al., "A Study of
  /// BFLOAT16 for Deep Learning Training", 2019, arXiv:1905.12322).
  BFLOAT16;

  private static final int SIZE = 1024;
  private static final int TRIALS = 10;

  /// BFLOAT16 where this processor multiplies at least half as fast again in it, FLOAT32 elsewhere;
  /// found by trying, which takes a fraction of a second.
  public static Precision fastest() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var matrix = manager.ones(new Shape(SIZE, SIZE));
      long wide = Long.MAX_VALUE;
      long brief = Long.MAX_VALUE;
      // By turns, and the best of each: other processes slow some of them down.
      for (int i = 0; i < TRIALS; i++) {
        wide = Math.min(wide, nanoseconds(matrix, FLOAT32));
        brief = Math.min(brief, nanoseconds(matrix, BFLOAT16));
      }
      return 1.5 * brief < wide ? BFLOAT16 : FLOAT32;
    }
  }

  private static long nanoseconds(NDArray matrix, Precision precision) {
    long start = System.nanoTime();
    Ops.linear(matrix, matrix, precision).close();
    return System.nanoTime() - start;
  }
}
