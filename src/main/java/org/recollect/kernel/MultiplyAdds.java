package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;

/// The roof of every kernel that is bound by arithmetic: multiply-adds by the Vector API that never
/// leave the registers.
public final class MultiplyAdds {

  /// Sums that do not wait for one another: enough to hide the latency of one, few enough for the
  /// sixteen registers of AVX2.
  private static final int SUMS = 10;

  /// Read anew each time, so that no compiler knows what is multiplied.
  private static volatile float factor = 1e-3f;

  private MultiplyAdds() {}

  /// Floating-point operations of so many turns; a multiply-add counts as two.
  public static double flop(int turns) {
    return 2.0 * SUMS * Lanes.COUNT * turns;
  }

  /// Multiplies and adds in one thread.
  ///
  /// @param turns of the loop
  /// @return the sum of all products, to be used by the caller
  public static float run(int turns) {
    var x = FloatVector.broadcast(Lanes.FLOATS, factor);
    var y = FloatVector.broadcast(Lanes.FLOATS, factor);
    // Sums that began alike would be one sum to a clever compiler.
    var a = FloatVector.broadcast(Lanes.FLOATS, 0);
    var b = FloatVector.broadcast(Lanes.FLOATS, 1);
    var c = FloatVector.broadcast(Lanes.FLOATS, 2);
    var d = FloatVector.broadcast(Lanes.FLOATS, 3);
    var e = FloatVector.broadcast(Lanes.FLOATS, 4);
    var f = FloatVector.broadcast(Lanes.FLOATS, 5);
    var g = FloatVector.broadcast(Lanes.FLOATS, 6);
    var h = FloatVector.broadcast(Lanes.FLOATS, 7);
    var i = FloatVector.broadcast(Lanes.FLOATS, 8);
    var j = FloatVector.broadcast(Lanes.FLOATS, 9);
    for (int turn = 0; turn < turns; turn++) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
    }
    return Lanes.sum(a.add(b).add(c.add(d)).add(e.add(f)).add(g.add(h)).add(i.add(j)));
  }
}
