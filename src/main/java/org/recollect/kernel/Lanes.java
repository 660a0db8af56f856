package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// The one width of vectors that this process computes with: the widest that its processor has
/// registers for, at most 512 bits. Wider code would run a hundred times slower; two widths in one
/// process would make each other slow.
final class Lanes {

  static final VectorSpecies<Float> FLOATS = widest();

  /// As many bytes as there are float lanes, and 8 where these are fewer: no vector is shorter.
  static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Math.max(8, FLOATS.length()) * Byte.SIZE));

  private Lanes() {}

  private static VectorSpecies<Float> widest() {
    var preferred = FloatVector.SPECIES_PREFERRED;
    return preferred.length() > FloatVector.SPECIES_512.length()
        ? FloatVector.SPECIES_512
        : preferred;
  }
}
