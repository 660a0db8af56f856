package org.recollect.kernel;

/// Encoding by the Vector API.
final class SimdEncoding implements Encoding {

  private final Encoding reference = new ReferenceEncoding();

  @Override
  public void rotate(float[] x, int offset, int width) {
    if (SimdHadamard.takes(width)) {
      SimdHadamard.transform(x, offset, width);
    } else {
      reference.rotate(x, offset, width);
    }
  }

  @Override
  public void write(Page page, int at, float[] rows, int offset, int tokens) {
    reference.write(page, at, rows, offset, tokens);
  }

  @Override
  public ChannelStatistics statistics(float[] rows, int channels) {
    return reference.statistics(rows, channels);
  }
}
