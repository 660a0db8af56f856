package org.recollect.lab;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.stream.IntStream;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// The roof of every kernel that is bound by memory: reading as many bytes once, and adding them up
/// as numbers.
public final class MemoryStream {

  private static final VectorSpecies<Float> LANES = FloatVector.SPECIES_PREFERRED;
  private static final int BYTES = LANES.vectorByteSize();

  /// What one turn of the loop reads.
  private static final long UNIT = 4L * BYTES;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();

  /// What was read must be used, or the compiler leaves the reading out.
  private static volatile float sum;

  private MemoryStream() {}

  /// What a contender is called that reads this many bytes an operation.
  public static String name(double bytes) {
    return "stream of %.0f B".formatted(bytes);
  }

  /// Reads `operations * bytes` of memory a round.
  ///
  /// @param threads that share the memory
  public static Contender contender(Arena arena, double operations, double bytes, int threads) {
    long part = Math.ceilDiv((long) (operations * bytes), threads * UNIT) * UNIT;
    var memory = arena.allocate(threads * part, 64);
    memory.fill((byte) 1);
    var parts = IntStream.range(0, threads).mapToObj(i -> memory.asSlice(i * part, part)).toList();
    Runnable read =
        threads == 1
            ? () -> sum = sum(memory)
            : () -> sum = parts.parallelStream().map(MemoryStream::sum).reduce(0f, Float::sum);
    return new Contender(name(bytes), operations, bytes, Round.of(read));
  }

  /// Reads the same `operations * bytes` of memory over and over in a round, in one thread: what
  /// the nearest cache that holds them can give.
  ///
  /// @param passes of a round, at least 1
  static Contender repeated(Arena arena, double operations, double bytes, int passes) {
    var memory = arena.allocate(Math.ceilDiv((long) (operations * bytes), UNIT) * UNIT, 64);
    memory.fill((byte) 1);
    return new Contender(
        name(bytes) + ", repeated",
        operations * passes,
        bytes,
        Round.of(() -> {
          for (int pass = 0; pass < passes; pass++) {
            sum = sum(memory);
          }
        }));
  }

  /// @param memory of a multiple of [#UNIT]
  private static float sum(MemorySegment memory) {
    var a = FloatVector.zero(LANES);
    var b = FloatVector.zero(LANES);
    var c = FloatVector.zero(LANES);
    var d = FloatVector.zero(LANES);
    for (long at = 0; at < memory.byteSize(); at += UNIT) {
      a = of(memory, at).add(a);
      b = of(memory, at + BYTES).add(b);
      c = of(memory, at + 2L * BYTES).add(c);
      d = of(memory, at + 3L * BYTES).add(d);
    }
    return a.add(b).add(c).add(d).reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector of(MemorySegment memory, long at) {
    return FloatVector.fromMemorySegment(LANES, memory, at, ORDER);
  }
}
