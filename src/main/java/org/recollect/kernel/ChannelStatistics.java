package org.recollect.kernel;

/// The range, mean and spread of each channel over some tokens, each `[channels]`.
///
/// @param min smallest number
/// @param max largest number
/// @param mean mean
/// @param deviation standard deviation, of the tokens seen (divided by their number)
public record ChannelStatistics(float[] min, float[] max, float[] mean, float[] deviation) {

  /// Channels measured.
  public int channels() {
    return min.length;
  }
}
