package org.recollect.kernel;

import java.util.Arrays;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Encoding in plain scalar code.
final class ReferenceEncoding implements Encoding {

  @Override
  public void rotate(float[] x, int offset, int width) {
    for (int half = 1; half < width; half *= 2) {
      for (int block = offset; block < offset + width; block += 2 * half) {
        for (int i = block; i < block + half; i++) {
          float sum = x[i] + x[i + half];
          x[i + half] = x[i] - x[i + half];
          x[i] = sum;
        }
      }
    }
    float scale = (float) (1 / Math.sqrt(width));
    for (int i = offset; i < offset + width; i++) {
      x[i] *= scale;
    }
  }

  @Override
  public void write(Page page, int at, float[] rows, int offset, int tokens) {
    int panel = page.panelChannels();
    for (int t = 0; t < tokens; t += page.format().groupTokens()) {
      int row = offset + t * page.channels();
      for (int start = 0; start < page.channels(); start += panel) {
        writePanel(page, at + t, start, start + panel, rows, row);
      }
    }
  }

  @Override
  public ChannelStatistics statistics(float[] rows, int channels) {
    float[] min = Arrays.copyOf(rows, channels);
    float[] max = Arrays.copyOf(rows, channels);
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    for (int i = 0; i < rows.length; i++) {
      int c = i % channels;
      min[c] = Math.min(min[c], rows[i]);
      max[c] = Math.max(max[c], rows[i]);
      sum[c] += rows[i];
      squares[c] += (double) rows[i] * rows[i];
    }
    return statistics(min, max, sum, squares, rows.length / channels);
  }

  /// Mean and deviation from sums over tokens.
  static ChannelStatistics statistics(
      float[] min, float[] max, double[] sum, double[] squares, int tokens) {
    int channels = sum.length;
    float[] mean = new float[channels];
    float[] deviation = new float[channels];
    for (int c = 0; c < channels; c++) {
      double centre = sum[c] / tokens;
      mean[c] = (float) centre;
      deviation[c] = (float) Math.sqrt(Math.max(0, squares[c] / tokens - centre * centre));
    }
    return new ChannelStatistics(min, max, mean, deviation);
  }

  /// @param token the first of those that are coded together
  /// @param start the panel's first channel
  /// @param end the channel behind its last
  /// @param row where the first token's vector begins in `rows`
  private static void writePanel(Page page, int token, int start, int end, float[] rows, int row) {
    switch (page.format()) {
      case Floats floats -> {
        for (int c = start; c < end; c++) {
          page.putNumber(floats, token, c, rows[row + c]);
        }
      }
      case Grid grid -> {
        for (int c = start; c < end; c += grid.groupChannels()) {
          writeCell(page, grid, token, c, Math.min(end, c + grid.groupChannels()), rows, row);
        }
      }
      case Book book -> {
        for (int c = start; c < end; c += book.radiusChannels()) {
          writePoints(page, book, token, c, Math.min(end, c + book.radiusChannels()), rows, row);
        }
      }
      case Coded coded ->
          new CodedVectors(page, coded)
              .write(token, start / page.panelChannels(), rows, row + start);
    }
  }

  private static void writeCell(
      Page page, Grid grid, int token, int channel, int end, float[] rows, int row) {
    float min = Float.POSITIVE_INFINITY;
    float max = Float.NEGATIVE_INFINITY;
    for (int t = 0; t < grid.groupTokens(); t++) {
      for (int c = channel; c < end; c++) {
        float x = rows[row + t * page.channels() + c];
        min = Math.min(min, x);
        max = Math.max(max, x);
      }
    }
    if (grid.symmetric()) {
      float reach = Math.max(Math.abs(min), Math.abs(max));
      page.putScale(token, channel, 2 * grid.clip() * reach / grid.largestCode());
    } else {
      double middle = 0.5 * ((double) min + max);
      double reach = 0.5 * grid.clip() * ((double) max - min);
      page.putScale(token, channel, 2 * reach / grid.largestCode());
      page.putOffset(token, channel, middle - reach);
    }
    float scale = page.scale(token, channel);
    float zero = page.offset(token, channel);
    for (int t = 0; t < grid.groupTokens(); t++) {
      for (int c = channel; c < end; c++) {
        float x = rows[row + t * page.channels() + c];
        page.putCode(token + t, c, code(x, scale, zero, grid.largestCode()));
      }
    }
  }

  static int code(float x, float scale, float zero, int largest) {
    return scale == 0
        ? largest / 2
        : (int) (Math.clamp((x - zero) / scale, 0f, (float) largest) + 0.5f);
  }

  private static void writePoints(
      Page page, Book format, int token, int channel, int end, float[] rows, int row) {
    var book = format.book();
    float squares = 0;
    for (int c = channel; c < end; c++) {
      squares += rows[row + c] * rows[row + c];
    }
    float normal = squares == 0 ? 0 : (float) (1 / Math.sqrt(squares / (end - channel)));
    double along = 0;
    double energy = 0;
    double length = 0;
    for (int c = channel; c < end; c += book.dimensions()) {
      int group = c % page.panelChannels() / book.dimensions();
      int code = book.nearest(group, rows, row + c, normal);
      page.putCode(token, c, code);
      for (int d = 0; d < book.dimensions(); d++) {
        double point = book.number(group, code, d);
        double x = rows[row + c + d];
        along += point * x;
        energy += x * x;
        length += point * point;
      }
    }
    page.putScale(token, channel, radius(format, along, energy, length));
  }

  /// @param along sum of products of numbers and points
  /// @param energy sum of squares of the numbers
  /// @param length sum of squares of the points
  static float radius(Book format, double along, double energy, double length) {
    if (length == 0) {
      return 0;
    }
    return (float)
        (format.keepsLength() ? Math.sqrt(energy / length) : Math.max(0, along / length));
  }
}
