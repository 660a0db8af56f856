package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Exponentials for a softmax that is taken page by page.
final class SimdSoftmax {

  private static final int V = Lanes.COUNT;
  private static final float LOG2_E = 1.442695040888963f;

  /// How far a logit may exceed the shift: there are seven binary digits for powers of two from
  /// -100 on.
  static final float HEADROOM = 18;

  private static final float LEAST = -100;

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

  /// Turns `x` into `exp(x - shift)`, in place; below 2^-100 into 2^-100.
  ///
  /// @param count a multiple of 16
  /// @param shift at most [#HEADROOM] below the largest
  /// @return their sum
  static float exp(float[] x, int from, int count, float shift) {
    var sum = FloatVector.zero(Lanes.FLOATS);
    for (int i = from; i < from + count; i += V) {
      var power = Lanes.floats(x, i).sub(shift).mul(LOG2_E);
      power = power.blend(LEAST, power.compare(VectorOperators.LT, LEAST));
      var whole = power.add(ROUND).sub(ROUND);
      var f = power.sub(whole);
      // 2^f on [-1/2, 1/2] by its Taylor series, to 1 in 10^7; then by 2^whole, a power of two for
      // each binary digit of whole + 100.
      var y = f.mul(1.5403530e-4f).add(1.3333558e-3f);
      y = y.fma(f, broadcast(9.6181291e-3f));
      y = y.fma(f, broadcast(5.5504109e-2f));
      y = y.fma(f, broadcast(2.4022651e-1f));
      y = y.fma(f, broadcast(6.9314718e-1f));
      y = y.fma(f, broadcast(1)).mul(0x1p-100f);
      var rest = whole.sub(LEAST);
      var set = rest.compare(VectorOperators.GE, 64);
      y = y.mul(0x1p64f, set);
      rest = rest.sub(64, set);
      set = rest.compare(VectorOperators.GE, 32);
      y = y.mul(0x1p32f, set);
      rest = rest.sub(32, set);
      set = rest.compare(VectorOperators.GE, 16);
      y = y.mul(0x1p16f, set);
      rest = rest.sub(16, set);
      set = rest.compare(VectorOperators.GE, 8);
      y = y.mul(0x1p8f, set);
      rest = rest.sub(8, set);
      set = rest.compare(VectorOperators.GE, 4);
      y = y.mul(0x1p4f, set);
      rest = rest.sub(4, set);
      set = rest.compare(VectorOperators.GE, 2);
      y = y.mul(0x1p2f, set);
      rest = rest.sub(2, set);
      y = y.mul(2, rest.compare(VectorOperators.GE, 1));
      y.intoArray(x, i);
      sum = y.add(sum);
    }
    return Lanes.sum(sum);
  }

  private static FloatVector broadcast(float x) {
    return FloatVector.broadcast(Lanes.FLOATS, x);
  }
}
