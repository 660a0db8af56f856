package org.recollect.model;

import org.recollect.kernel.Rotary;

/// Rotary position embedding (Su et al., "RoFormer", 2021, section 3.4.2) in the layout of Hugging
/// Face's Llama: channel `i` turns together with channel `i + headDim/2`, by the angle `position *
/// theta^(-2i/headDim)`.
///
/// `x'[i] = x[i] cos - x[i + d/2] sin`\
/// `x'[i + d/2] = x[i + d/2] cos + x[i] sin`
///
/// A rotation keeps lengths, and turning by `m` and then by `n` is turning by `m + n`; a negative
/// position turns back. Safe for use by several threads.
public final class Rope implements Rotary {

  private static final int MAX_POSITIONS = 1 << 24;

  private final int headDim;
  private final double[] frequencies;
  private volatile Table table;

  /// Cosines and sines `[positions][headDim/2]`.
  private record Table(int positions, float[] cos, float[] sin) {}

  /// @param headDim width of one head; even
  /// @param theta base of the frequencies
  /// @throws IllegalArgumentException if `headDim` is not a positive even number
  public Rope(int headDim, double theta) {
    if (headDim < 2 || headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "headDim is " + headDim + ", but RoPE turns pairs of channels: give an even number.");
    }
    this.headDim = headDim;
    this.frequencies = new double[headDim / 2];
    for (int i = 0; i < frequencies.length; i++) {
      frequencies[i] = Math.pow(theta, -2.0 * i / headDim);
    }
    this.table = tabulate(64);
  }

  /// The rotation of a model's heads.
  public static Rope of(ModelConfig config) {
    return new Rope(config.headDim(), config.ropeTheta());
  }

  public int headDim() {
    return headDim;
  }

  /// The angle, in radians, by which a pair of channels turns from one token to the next.
  ///
  /// @param pair 0, the fastest, to `headDim/2 - 1`
  public double frequency(int pair) {
    return frequencies[pair];
  }

  /// Turns the head that begins at `x[offset]` in place.
  ///
  /// @param position where the token stands; negative to undo the turn of `-position`
  public void rotate(float[] x, int offset, int position) {
    int turn = Math.abs(position);
    var angles = upTo(turn);
    int half = headDim / 2;
    int row = turn * half;
    for (int i = 0; i < half; i++) {
      float cos = angles.cos[row + i];
      float sin = position < 0 ? -angles.sin[row + i] : angles.sin[row + i];
      float first = x[offset + i];
      float second = x[offset + half + i];
      x[offset + i] = first * cos - second * sin;
      x[offset + half + i] = second * cos + first * sin;
    }
  }

  @Override
  public void angles(int[] positions, int tokens, int stride, float[] cos, float[] sin) {
    int half = headDim / 2;
    for (int t = 0; t < tokens; t++) {
      var angles = upTo(positions[t]);
      int row = positions[t] * half;
      for (int i = 0; i < half; i++) {
        cos[i * stride + t] = angles.cos[row + i];
        sin[i * stride + t] = angles.sin[row + i];
      }
    }
  }

  /// Cosines of the positions 0 to `positions - 1`, `[positions][headDim/2]`.
  public float[] cos(int positions) {
    return java.util.Arrays.copyOf(upTo(positions - 1).cos, positions * (headDim / 2));
  }

  /// Sines of the positions 0 to `positions - 1`, `[positions][headDim/2]`.
  public float[] sin(int positions) {
    return java.util.Arrays.copyOf(upTo(positions - 1).sin, positions * (headDim / 2));
  }

  private Table upTo(int position) {
    var known = table;
    if (position < known.positions) {
      return known;
    }
    if (position >= MAX_POSITIONS) {
      throw new IllegalArgumentException(
          "position is " + position + ", but RoPE is tabulated below " + MAX_POSITIONS + ".");
    }
    return table = tabulate(Math.max(2 * known.positions, position + 1));
  }

  private Table tabulate(int positions) {
    int half = headDim / 2;
    var cos = new float[Math.multiplyExact(positions, half)];
    var sin = new float[cos.length];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        double angle = position * frequencies[i];
        cos[position * half + i] = (float) Math.cos(angle);
        sin[position * half + i] = (float) Math.sin(angle);
      }
    }
    return new Table(positions, cos, sin);
  }
}
