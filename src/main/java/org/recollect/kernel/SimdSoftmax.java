package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Exponentials for a softmax that is taken page by page.
final class SimdSoftmax {

  private static final int V = Lanes.COUNT;
  private static final float LOG2_E = 1.442695040888963f;

  /// The least power of two that is a normal number.
  private static final float LEAST = -126;

  /// Adding and taking away 1.5 * 2^23 rounds to the nearest integer.
  private static final float ROUND = 0x1.8p23f;

  private SimdSoftmax() {}

  /// The largest of `x[from .. from + count)`, `count` a multiple of 16.
  static float max(float[] x, int from, int count) {
    var top = Lanes.floats(x, from);
    for (int i = V; i < count; i += V) {
      var next = Lanes.floats(x, from + i);
      top = top.blend(next, next.compare(VectorOperators.GT, top));
    }
    return top.reduceLanes(VectorOperators.MAX);
  }

  /// Turns `x` into `exp(x - shift)`, in place.
  ///
  /// @param count a multiple of 16
  /// @return their sum
  static float exp(float[] x, int from, int count, float shift) {
    var sum = FloatVector.zero(Lanes.FLOATS);
    for (int i = from; i < from + count; i += V) {
      var power = Lanes.floats(x, i).sub(shift).mul(LOG2_E);
      power = power.blend(LEAST, power.compare(VectorOperators.LT, LEAST));
      var whole = power.add(ROUND).sub(ROUND);
      var f = power.sub(whole);
      // 2^f on [-1/2, 1/2] by its Taylor series, to 1 in 10^7.
      var y = f.mul(1.5403530e-4f).add(1.3333558e-3f);
      y = y.fma(f, broadcast(9.6181291e-3f));
      y = y.fma(f, broadcast(5.5504109e-2f));
      y = y.fma(f, broadcast(2.4022651e-1f));
      y = y.fma(f, broadcast(6.9314718e-1f));
      y = y.fma(f, broadcast(1));
      var scale =
          whole
              .convert(VectorOperators.F2I, 0)
              .reinterpretAsInts()
              .add(127)
              .lanewise(VectorOperators.LSHL, 23)
              .reinterpretAsFloats();
      y = y.mul(scale);
      y.intoArray(x, i);
      sum = y.add(sum);
    }
    return Lanes.sum(sum);
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(Lanes.FLOATS, x);
  }
}
