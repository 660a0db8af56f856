package org.recollect.kernel;

import java.util.Arrays;
import org.recollect.tensor.RandomStream;

/// The orthonormal basis in which vectors are stored: the vector as it is, or each block of `width`
/// channels through the [Hadamard] transform, optionally with the signs of some channels changed
/// before, and then, optionally, the channels in another order: `stored[i] = (H D x)[order[i]]`.
///
/// Inner products are the same in every basis, so that a change of basis without rounding changes
/// nothing; it only decides which numbers share a grid.
public final class Basis {

  private static final Basis IDENTITY = new Basis(1, null, null);

  private final int width;
  private final float[] signs;
  private final int[] order;

  private Basis(int width, float[] signs, int[] order) {
    this.width = width;
    this.signs = signs;
    this.order = order;
  }

  /// The vector as it is.
  public static Basis identity() {
    return IDENTITY;
  }

  /// Every block of `width` channels rotated by the Walsh-Hadamard transform.
  ///
  /// @throws IllegalArgumentException if the width is not a power of two
  public static Basis hadamard(int width) {
    if (!Hadamard.hasWidth(width)) {
      throw new IllegalArgumentException(
          "A Walsh-Hadamard rotation needs a power of two of channels, not %d; group another number of heads."
              .formatted(width));
    }
    return new Basis(width, null, null);
  }

  /// This basis with random signs before the transform, the same in every block: a rotation that no
  /// vector is prepared for, nearly as good as one drawn from all rotations (Ailon and Chazelle,
  /// "The Fast Johnson-Lindenstrauss Transform", 2009).
  public Basis signed(long seed) {
    var random = RandomStream.of(seed, "signs");
    float[] drawn = new float[width];
    for (int i = 0; i < width; i++) {
      drawn[i] = random.nextBoolean() ? 1 : -1;
    }
    return new Basis(width, drawn, order);
  }

  /// This basis with its channels reordered: channel `i` of what is stored is channel `order[i]` of
  /// the rotated vector. Of longer vectors, each block of as many channels is reordered alike.
  ///
  /// @throws IllegalArgumentException if the order is not a permutation
  public Basis ordered(int[] order) {
    var seen = new boolean[order.length];
    for (int channel : order) {
      if (channel < 0 || channel >= order.length || seen[channel]) {
        throw new IllegalArgumentException(
            "An order of %d channels names each of 0 to %d once; this one does not."
                .formatted(order.length, order.length - 1));
      }
      seen[channel] = true;
    }
    return new Basis(width, signs, order.clone());
  }

  /// Channels rotated together, 1 when there is no rotation.
  public int width() {
    return width;
  }

  /// What each channel of a block is multiplied by before the transform, 1 or -1, for the kernels;
  /// null where no sign changes.
  public float[] signs() {
    return signs;
  }

  /// Which rotated channel each stored one is, for the kernels; null where they are in order.
  public int[] order() {
    return order;
  }

  /// Whether a rotation or reordering crosses the borders of blocks of `channels` channels.
  public boolean mixesBeyond(int channels) {
    return channels % width != 0 || order != null && channels % order.length != 0;
  }

  /// Moves `x[offset .. offset + channels)` into this basis, in place.
  public void apply(float[] x, int offset, int channels) {
    flip(x, offset, channels);
    rotate(x, offset, channels);
    if (order != null) {
      float[] rotated = Arrays.copyOfRange(x, offset, offset + channels);
      for (int i = 0; i < channels; i++) {
        x[offset + i] = rotated[source(i)];
      }
    }
  }

  /// Moves `x[offset .. offset + channels)` out of this basis, in place.
  public void undo(float[] x, int offset, int channels) {
    if (order != null) {
      float[] stored = Arrays.copyOfRange(x, offset, offset + channels);
      for (int i = 0; i < channels; i++) {
        x[offset + source(i)] = stored[i];
      }
    }
    rotate(x, offset, channels);
    flip(x, offset, channels);
  }

  private int source(int channel) {
    int inBlock = channel % order.length;
    return channel - inBlock + order[inBlock];
  }

  private void flip(float[] x, int offset, int channels) {
    for (int i = 0; signs != null && i < channels; i++) {
      x[offset + i] *= signs[i % width];
    }
  }

  private void rotate(float[] x, int offset, int channels) {
    if (width == 1) {
      return;
    }
    for (int block = offset; block < offset + channels; block += width) {
      Hadamard.transform(x, block, width);
    }
  }
}
