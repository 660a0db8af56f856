package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Collection;
import jdk.incubator.vector.FloatVector;
import org.recollect.tensor.Memory;

/// Sums and scalings over all gradients, in their own memory.
final class Gradients {

  private Gradients() {}

  /// Shortens the gradients, taken as one vector, to a given length (Pascanu et al., "On the
  /// difficulty of training recurrent neural networks", 2013, algorithm 1).
  ///
  /// @return the length before
  static double clip(Collection<NDArray> gradients, double maxNorm) {
    double squares = 0;
    for (var gradient : gradients) {
      squares += sumOfSquares(Memory.view(gradient));
    }
    double norm = Math.sqrt(squares);
    if (norm > maxNorm) {
      gradients.forEach(gradient -> gradient.muli((float) (maxNorm / norm)));
    }
    return norm;
  }

  static void zero(NDArray gradient) {
    Memory.view(gradient).fill((byte) 0);
  }

  /// Lane by lane, and then over the lanes in order: a sum across the lanes of a vector has no
  /// defined order, and a resumed run must get the same bits.
  private static double sumOfSquares(MemorySegment values) {
    var species = FloatVector.SPECIES_PREFERRED;
    var order = ByteOrder.nativeOrder();
    long bytes = values.byteSize();
    long vectors = bytes - bytes % species.vectorByteSize();
    var sum = FloatVector.zero(species);
    for (long at = 0; at < vectors; at += species.vectorByteSize()) {
      var x = FloatVector.fromMemorySegment(species, values, at, order);
      sum = x.fma(x, sum);
    }
    double total = 0;
    for (float lane : sum.toArray()) {
      total += lane;
    }
    for (long at = vectors; at < bytes; at += Float.BYTES) {
      double x = values.get(ValueLayout.JAVA_FLOAT, at);
      total += x * x;
    }
    return total;
  }
}
