package org.recollect.kernel;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/// The one width of vectors that this process computes with: the widest that its processor has
/// registers for, at most 512 bits. Wider code would run a hundred times slower; two widths in one
/// process would make each other slow.
///
/// No kernel reinterprets a vector as one of another type: until it is compiled, that passes
/// through a memory segment on the heap, and where the loops over native segments have met such a
/// one they stay two to four times slower.
final class Lanes {

  static final VectorSpecies<Float> FLOATS = widest();

  /// As many integers as there are float lanes.
  static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());

  /// As many bytes as there are float lanes, and 8 where these are fewer: no vector is shorter.
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.max(8, FLOATS.length()) * Byte.SIZE));

  /// As many 16-bit numbers as there are float lanes.
  static final VectorSpecies<Short> SHORTS =
      VectorSpecies.of(
          short.class, VectorShape.forBitSize(Math.max(4, FLOATS.length()) * Short.SIZE));

  /// 16-bit numbers that fill a whole vector.
  static final VectorSpecies<Short> WIDE_SHORTS =
      VectorSpecies.of(short.class, FLOATS.vectorShape());

  /// Float lanes of a vector.
  static final int COUNT = FLOATS.length();

  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);

  private Lanes() {}

  /// The sum of all lanes, always in the same order: `reduceLanes` adds in one order while it is
  /// interpreted and in another once it is compiled.
  static float sum(FloatVector x) {
    var pairs = x.add(x.rearrange(SWAP_1));
    var fours = pairs.add(pairs.rearrange(SWAP_2));
    if (COUNT <= 4) {
      return COUNT == 4 ? fours.lane(0) : pairs.lane(0);
    }
    var eights = fours.add(fours.rearrange(SWAP_4));
    return COUNT <= 8 ? eights.lane(0) : eights.add(eights.rearrange(SWAP_8)).lane(0);
  }

  /// Each lane's partner at a distance; a distance beyond the vector is never used.
  private static VectorShuffle<Float> swap(int distance) {
    return VectorShuffle.fromOp(FLOATS, lane -> (lane ^ distance) % COUNT);
  }

  static FloatVector floats(float[] x, int at) {
    return FloatVector.fromArray(FLOATS, x, at);
  }

  static FloatVector floats(MemorySegment memory, long at) {
    return FloatVector.fromMemorySegment(FLOATS, memory, at, LITTLE_ENDIAN);
  }

  /// Bytes from `at` on, one for each float lane, widened as unsigned numbers.
  static IntVector bytes(MemorySegment memory, long at) {
    return (IntVector)
        ByteVector.fromMemorySegment(BYTES, memory, at, LITTLE_ENDIAN)
            .convertShape(VectorOperators.ZERO_EXTEND_B2I, INTS, 0);
  }

  /// 16-bit numbers from `at` on, one for each float lane, widened.
  static IntVector shorts(short[] x, int at) {
    return (IntVector)
        ShortVector.fromArray(SHORTS, x, at).convertShape(VectorOperators.S2I, INTS, 0);
  }

  static IntVector shorts(MemorySegment memory, long at) {
    return (IntVector)
        ShortVector.fromMemorySegment(SHORTS, memory, at, LITTLE_ENDIAN)
            .convertShape(VectorOperators.S2I, INTS, 0);
  }

  private static VectorSpecies<Float> widest() {
    var preferred = FloatVector.SPECIES_PREFERRED;
    return preferred.length() > FloatVector.SPECIES_512.length()
        ? FloatVector.SPECIES_512
        : preferred;
  }
}
