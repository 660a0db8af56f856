package org.recollect.kernel;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/// The Walsh-Hadamard transform by the Vector API. Every sum has the operands that it has in scalar
/// code, so that the result is the same to the last bit.
///
/// The first `log2(lanes)` stages pair lanes of one vector: `x = sign x + swapped`, where `swapped`
/// holds each lane's partner and `sign` is 1 for the lower of the two and -1 for the upper one.
/// Later stages pair whole vectors. Four or eight vectors, the usual heads, stay in registers.
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
    } else if (width == 4 * LANES) {
      four(x, offset, scale);
    } else {
      any(x, offset, width, scale);
    }
  }

  private static void any(float[] x, int offset, int width, float scale) {
    int half = Math.min(width, 8 * LANES);
    if (width > half) {
      for (int i = offset; i < offset + width; i += half) {
        eight(x, i, 1);
      }
    } else {
      half = LANES;
      for (int i = offset; i < offset + width; i += half) {
        one(x, i);
      }
    }
    for (; half < width; half *= 2) {
      for (int block = offset; block < offset + width; block += 2 * half) {
        across(x, block, half);
      }
    }
    for (int i = offset; i < offset + width; i += LANES) {
      Lanes.floats(x, i).mul(scale).intoArray(x, i);
    }
  }

  /// The stages within one vector.
  private static void one(float[] x, int at) {
    var a = Lanes.floats(x, at);
    a = a.fma(SIGN_1, a.rearrange(SWAP_1));
    a = a.fma(SIGN_2, a.rearrange(SWAP_2));
    if (LANES > 4) {
      a = a.fma(SIGN_4, a.rearrange(SWAP_4));
    }
    if (LANES > 8) {
      a = a.fma(SIGN_8, a.rearrange(SWAP_8));
    }
    a.intoArray(x, at);
  }

  /// All stages of four vectors in registers.
  private static void four(float[] x, int at, float scale) {
    var a = Lanes.floats(x, at);
    var b = Lanes.floats(x, at + LANES);
    var c = Lanes.floats(x, at + 2 * LANES);
    var d = Lanes.floats(x, at + 3 * LANES);
    a = a.fma(SIGN_1, a.rearrange(SWAP_1));
    b = b.fma(SIGN_1, b.rearrange(SWAP_1));
    c = c.fma(SIGN_1, c.rearrange(SWAP_1));
    d = d.fma(SIGN_1, d.rearrange(SWAP_1));
    a = a.fma(SIGN_2, a.rearrange(SWAP_2));
    b = b.fma(SIGN_2, b.rearrange(SWAP_2));
    c = c.fma(SIGN_2, c.rearrange(SWAP_2));
    d = d.fma(SIGN_2, d.rearrange(SWAP_2));
    if (LANES > 4) {
      a = a.fma(SIGN_4, a.rearrange(SWAP_4));
      b = b.fma(SIGN_4, b.rearrange(SWAP_4));
      c = c.fma(SIGN_4, c.rearrange(SWAP_4));
      d = d.fma(SIGN_4, d.rearrange(SWAP_4));
    }
    if (LANES > 8) {
      a = a.fma(SIGN_8, a.rearrange(SWAP_8));
      b = b.fma(SIGN_8, b.rearrange(SWAP_8));
      c = c.fma(SIGN_8, c.rearrange(SWAP_8));
      d = d.fma(SIGN_8, d.rearrange(SWAP_8));
    }
    var ab = a.add(b);
    var aB = a.sub(b);
    var cd = c.add(d);
    var cD = c.sub(d);
    ab.add(cd).mul(scale).intoArray(x, at);
    aB.add(cD).mul(scale).intoArray(x, at + LANES);
    ab.sub(cd).mul(scale).intoArray(x, at + 2 * LANES);
    aB.sub(cD).mul(scale).intoArray(x, at + 3 * LANES);
  }

  /// All stages of eight vectors in registers. Written out, because what would be a method for one
  /// vector is not always compiled into this one, and then each vector becomes an object.
  private static void eight(float[] x, int at, float scale) {
    var a = Lanes.floats(x, at);
    var b = Lanes.floats(x, at + LANES);
    var c = Lanes.floats(x, at + 2 * LANES);
    var d = Lanes.floats(x, at + 3 * LANES);
    var e = Lanes.floats(x, at + 4 * LANES);
    var f = Lanes.floats(x, at + 5 * LANES);
    var g = Lanes.floats(x, at + 6 * LANES);
    var h = Lanes.floats(x, at + 7 * LANES);
    a = a.fma(SIGN_1, a.rearrange(SWAP_1));
    b = b.fma(SIGN_1, b.rearrange(SWAP_1));
    c = c.fma(SIGN_1, c.rearrange(SWAP_1));
    d = d.fma(SIGN_1, d.rearrange(SWAP_1));
    e = e.fma(SIGN_1, e.rearrange(SWAP_1));
    f = f.fma(SIGN_1, f.rearrange(SWAP_1));
    g = g.fma(SIGN_1, g.rearrange(SWAP_1));
    h = h.fma(SIGN_1, h.rearrange(SWAP_1));
    a = a.fma(SIGN_2, a.rearrange(SWAP_2));
    b = b.fma(SIGN_2, b.rearrange(SWAP_2));
    c = c.fma(SIGN_2, c.rearrange(SWAP_2));
    d = d.fma(SIGN_2, d.rearrange(SWAP_2));
    e = e.fma(SIGN_2, e.rearrange(SWAP_2));
    f = f.fma(SIGN_2, f.rearrange(SWAP_2));
    g = g.fma(SIGN_2, g.rearrange(SWAP_2));
    h = h.fma(SIGN_2, h.rearrange(SWAP_2));
    if (LANES > 4) {
      a = a.fma(SIGN_4, a.rearrange(SWAP_4));
      b = b.fma(SIGN_4, b.rearrange(SWAP_4));
      c = c.fma(SIGN_4, c.rearrange(SWAP_4));
      d = d.fma(SIGN_4, d.rearrange(SWAP_4));
      e = e.fma(SIGN_4, e.rearrange(SWAP_4));
      f = f.fma(SIGN_4, f.rearrange(SWAP_4));
      g = g.fma(SIGN_4, g.rearrange(SWAP_4));
      h = h.fma(SIGN_4, h.rearrange(SWAP_4));
    }
    if (LANES > 8) {
      a = a.fma(SIGN_8, a.rearrange(SWAP_8));
      b = b.fma(SIGN_8, b.rearrange(SWAP_8));
      c = c.fma(SIGN_8, c.rearrange(SWAP_8));
      d = d.fma(SIGN_8, d.rearrange(SWAP_8));
      e = e.fma(SIGN_8, e.rearrange(SWAP_8));
      f = f.fma(SIGN_8, f.rearrange(SWAP_8));
      g = g.fma(SIGN_8, g.rearrange(SWAP_8));
      h = h.fma(SIGN_8, h.rearrange(SWAP_8));
    }
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

  private static void across(float[] x, int block, int half) {
    for (int i = block; i < block + half; i += LANES) {
      var a = Lanes.floats(x, i);
      var b = Lanes.floats(x, i + half);
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
    return Lanes.floats(signs, 0);
  }
}
