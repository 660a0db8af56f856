package org.recollect.kernel;

import java.util.Arrays;

/// The orthonormal basis in which vectors are stored: the vector as it is, or each block of `width`
/// channels through the [Hadamard] transform, and then, optionally, the channels in another order:
/// `stored[i] = (H x)[order[i]]`.
///
/// Inner products are the same in every basis, so that a change of basis without rounding changes
/// nothing; it only decides which numbers share a grid.
public final class Basis {

  private static final Basis IDENTITY = new Basis(1, null);

  private final int width;
  private final int[] order;

  private Basis(int width, int[] order) {
    this.width = width;
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
    return new Basis(width, null);
  }

  /// This basis with its channels reordered: channel `i` of what is stored is channel `order[i]` of
  /// the rotated vector.
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
    return new Basis(width, order.clone());
  }

  /// Channels rotated together, 1 when there is no rotation.
  public int width() {
    return width;
  }

  /// Which rotated channel each stored one is, for the kernels; null where they are in order.
  public int[] order() {
    return order;
  }

  /// Whether a rotation or reordering crosses the borders of blocks of `channels` channels.
  public boolean mixesBeyond(int channels) {
    return order != null || channels % width != 0;
  }

  /// Moves `x[offset .. offset + channels)` into this basis, in place.
  public void apply(float[] x, int offset, int channels) {
    rotate(x, offset, channels);
    if (order != null) {
      float[] rotated = Arrays.copyOfRange(x, offset, offset + channels);
      for (int i = 0; i < channels; i++) {
        x[offset + i] = rotated[order[i]];
      }
    }
  }

  /// Moves `x[offset .. offset + channels)` out of this basis, in place.
  public void undo(float[] x, int offset, int channels) {
    if (order != null) {
      float[] stored = Arrays.copyOfRange(x, offset, offset + channels);
      for (int i = 0; i < channels; i++) {
        x[offset + order[i]] = stored[i];
      }
    }
    rotate(x, offset, channels);
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
