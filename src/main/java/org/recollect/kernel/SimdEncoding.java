package org.recollect.kernel;

import java.util.Arrays;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

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
    if (page.format() instanceof Book book && !SimdNearest.takes(book)) {
      reference.write(page, at, rows, offset, tokens);
      return;
    }
    var scratch = SimdRows.ofThread();
    int block = SimdRows.block(page);
    for (int t = 0; t < tokens; t += block) {
      scratch.load(page, rows, offset + t * page.channels(), Math.min(block, tokens - t));
      switch (page.format()) {
        case Floats floats -> SimdFloats.write(page, floats, at + t, scratch);
        case Grid grid -> SimdGrid.write(page, grid, at + t, scratch);
        case Book book -> SimdNearest.write(page, book, at + t, scratch);
      }
    }
  }

  /// Sums channel by channel in the order of the tokens, by loops that the compiler turns into
  /// vectors.
  @Override
  public ChannelStatistics statistics(float[] rows, int channels) {
    float[] min = Arrays.copyOf(rows, channels);
    float[] max = Arrays.copyOf(rows, channels);
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    for (int row = 0; row < rows.length; row += channels) {
      widen(rows, row, channels, min, max);
      add(rows, row, channels, sum, squares);
    }
    return ReferenceEncoding.statistics(min, max, sum, squares, rows.length / channels);
  }

  private static void widen(float[] rows, int row, int channels, float[] min, float[] max) {
    for (int c = 0; c < channels; c++) {
      min[c] = Math.min(min[c], rows[row + c]);
      max[c] = Math.max(max[c], rows[row + c]);
    }
  }

  private static void add(float[] rows, int row, int channels, double[] sum, double[] squares) {
    for (int c = 0; c < channels; c++) {
      double x = rows[row + c];
      sum[c] += x;
      squares[c] += x * x;
    }
  }
}
