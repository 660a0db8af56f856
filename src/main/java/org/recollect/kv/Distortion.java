package org.recollect.kv;

import java.util.List;
import org.recollect.kernel.PageFormat.Book;

/// What storing a token coarsely, or not at all, is taken to cost (see [RateDistortion]).
///
/// @param losses of each tier, finest first: `lambda_r + lambda_theta`, of which only the sum
///   enters
/// @param dropped what giving a token up costs, `eta`
public record Distortion(List<Double> losses, double dropped) {

  public Distortion {
    losses = List.copyOf(losses);
  }

  /// The constants of the released code.
  static final Distortion PUBLISHED = new Distortion(List.of(0.06, 0.11, 0.31), 10);

  /// `(1/sqrt(headDim)) sum_j r_j`: how large a token's key is, `[tokens]`. Groups are those of the
  /// finest tier (inferred); a format without radii makes one group of the head.
  ///
  /// @param keys `[tokens][headDim]`, as they are stored
  static double[] sizes(float[] keys, LayerFormat format, int headDim) {
    int group = format.keys() instanceof Book book ? book.radiusChannels() : headDim;
    double[] sizes = new double[keys.length / headDim];
    for (int from = 0; from < keys.length; from += group) {
      double squares = 0;
      for (int i = from; i < from + group; i++) {
        squares += (double) keys[i] * keys[i];
      }
      sizes[from / headDim] += Math.sqrt(squares) / Math.sqrt(headDim);
    }
    return sizes;
  }

  /// The loss of a tier.
  double of(int tier) {
    if (tier >= losses.size()) {
      throw new IllegalArgumentException(
          "There are losses for %d tiers, but keys have more: calibrate, or choose a codec of %d tiers."
              .formatted(losses.size(), losses.size()));
    }
    return losses.get(tier);
  }
}
