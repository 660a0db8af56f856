package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// The Walsh-Hadamard transform by the Vector API. Every sum has the operands that it has in scalar
/// code, so that the result is the same to the last bit.
///
/// The first `log2(lanes)` stages pair lanes of one vector: `x = sign x + swapped`, where `swapped`
/// holds each lane's partner and `sign` is 1 for the lower of the two and -1 for the upper one.
/// Later stages pair whole vectors, the first three of them in registers where there are eight.
final class SimdHadamard {

  private static final int LANES = Lanes.FLOATS.length();
  private static final VectorShuffle<Float> SWAP_1 = swap(1);
  private static final VectorShuffle<Float> SWAP_2 = swap(2);
  private static final VectorShuffle<Float> SWAP_4 = swap(4);
  private static final VectorShuffle<Float> SWAP_8 = swap(8);
  private static final FloatVector SIGN_1 = sign(1);
  private static final FloatVector SIGN_2 = sign(2);
  private static final FloatVector SIGN_4 = sign(4);
  private static final FloatVector SIGN_8 = sign(8);

  private SimdHadamard() {}

  /// Whether a block of this width fills at least one vector.
  static boolean takes(int width) {
    return LANES >= 4 && width >= LANES;
  }

  /// Transforms `x[offset .. offset + width)` in place; the width is a power of two that [#takes].
  static void transform(float[] x, int offset, int width) {
    float scale = (float) (1 / Math.sqrt(width));
    if (width == 8 * LANES) {
      eight(x, offset, scale);
      return;
    }
    int half = LANES;
    if (width > 8 * LANES) {
      for (int i = offset; i < offset + width; i += 8 * LANES) {
        eight(x, i, 1);
      }
      half = 8 * LANES;
    } else {
      for (int i = offset; i < offset + width; i += LANES) {
        within(of(x, i)).intoArray(x, i);
      }
    }
    for (; half < width; half *= 2) {
      for (int block = offset; block < offset + width; block += 2 * half) {
        across(x, block, half);
      }
    }
    for (int i = offset; i < offset + width; i += LANES) {
      of(x, i).mul(scale).intoArray(x, i);
    }
  }

  /// The stages within vectors and the first three across them, of eight vectors in registers.
  ///
  /// @param scale of the result
  private static void eight(float[] x, int at, float scale) {
    var a = within(of(x, at));
    var b = within(of(x, at + LANES));
    var c = within(of(x, at + 2 * LANES));
    var d = within(of(x, at + 3 * LANES));
    var e = within(of(x, at + 4 * LANES));
    var f = within(of(x, at + 5 * LANES));
    var g = within(of(x, at + 6 * LANES));
    var h = within(of(x, at + 7 * LANES));
    var ab = a.add(b);
    var aB = a.sub(b);
    var cd = c.add(d);
    var cD = c.sub(d);
    var ef = e.add(f);
    var eF = e.sub(f);
    var gh = g.add(h);
    var gH = g.sub(h);
    a = ab.add(cd);
    b = aB.add(cD);
    c = ab.sub(cd);
    d = aB.sub(cD);
    e = ef.add(gh);
    f = eF.add(gH);
    g = ef.sub(gh);
    h = eF.sub(gH);
    a.add(e).mul(scale).intoArray(x, at);
    b.add(f).mul(scale).intoArray(x, at + LANES);
    c.add(g).mul(scale).intoArray(x, at + 2 * LANES);
    d.add(h).mul(scale).intoArray(x, at + 3 * LANES);
    a.sub(e).mul(scale).intoArray(x, at + 4 * LANES);
    b.sub(f).mul(scale).intoArray(x, at + 5 * LANES);
    c.sub(g).mul(scale).intoArray(x, at + 6 * LANES);
    d.sub(h).mul(scale).intoArray(x, at + 7 * LANES);
  }

  private static FloatVector within(FloatVector x) {
    var v = x.fma(SIGN_1, x.rearrange(SWAP_1));
    v = v.fma(SIGN_2, v.rearrange(SWAP_2));
    if (LANES > 4) {
      v = v.fma(SIGN_4, v.rearrange(SWAP_4));
    }
    if (LANES > 8) {
      v = v.fma(SIGN_8, v.rearrange(SWAP_8));
    }
    return v;
  }

  private static FloatVector of(float[] x, int at) {
    return FloatVector.fromArray(Lanes.FLOATS, x, at);
  }

  private static void across(float[] x, int block, int half) {
    for (int i = block; i < block + half; i += LANES) {
      var a = of(x, i);
      var b = of(x, i + half);
      a.add(b).intoArray(x, i);
      a.sub(b).intoArray(x, i + half);
    }
  }

  /// Each lane's partner at a distance; a distance beyond the vector is never used.
  private static VectorShuffle<Float> swap(int half) {
    return VectorShuffle.fromOp(Lanes.FLOATS, lane -> (lane ^ half) % LANES);
  }

  private static FloatVector sign(int half) {
    float[] signs = new float[LANES];
    for (int lane = 0; lane < LANES; lane++) {
      signs[lane] = (lane & half) == 0 ? 1 : -1;
    }
    return of(signs, 0);
  }
}
