package org.recollect.kernel.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.recollect.kernel.Hadamard;

/// The Walsh-Hadamard transform of many vectors on a device: the same numbers as [Hadamard]
/// computes, to the last bit.
public final class CudaHadamard {

  private static final int PART = 4096;
  private static final int THREADS = 256;

  private final Cuda cuda;

  CudaHadamard(Cuda cuda) {
    this.cuda = cuda;
  }

  /// Transforms each block of `width` numbers of `x[offset .. offset + count)` in place.
  ///
  /// @param count a multiple of the width
  /// @param width a power of two
  /// @throws IllegalArgumentException if the width is none, or the blocks are not whole
  public void transform(float[] x, int offset, int count, int width) {
    if (!Hadamard.hasWidth(width) || count < 1 || count % width != 0) {
      throw new IllegalArgumentException(
          "A Walsh-Hadamard transform takes whole blocks of a power of two of numbers; got %d numbers in blocks of %d."
              .formatted(count, width));
    }
    var numbers = MemorySegment.ofArray(x).asSlice(4L * offset, 4L * count);
    cuda.alone(() -> {
      try (var arena = Arena.ofConfined()) {
        var staged = arena.allocate(4L * count, 64).copyFrom(numbers);
        long address = cuda.input().atLeast(4L * count);
        cuda.stream().upload(staged, address);
        launch(arena, address, count, width);
        cuda.stream().download(address, staged);
        cuda.stream().await();
        return numbers.copyFrom(staged);
      }
    });
  }

  /// Transforms `count` numbers of the device.
  void launch(Arena arena, long address, long count, int width) {
    float scale = (float) (1 / Math.sqrt(width));
    var parts =
        new Struct(arena)
            .put(address)
            .put(count)
            .put(Math.min(width, PART))
            .put(width <= PART ? scale : 1)
            .end();
    int blocks = Math.toIntExact(Math.ceilDiv(count, PART));
    cuda.launch("hadamard_parts", Blocks.of(blocks, THREADS).sharing(4 * PART), parts);
    for (long half = PART; half < width; half *= 2) {
      var stage =
          new Struct(arena)
              .put(address)
              .put(count / 2)
              .put(half)
              .put(half == width / 2 ? scale : 1)
              .end();
      cuda.launch(
          "hadamard_stage",
          Blocks.of(Math.toIntExact(Math.ceilDiv(count / 2, THREADS)), THREADS),
          stage);
    }
  }
}
