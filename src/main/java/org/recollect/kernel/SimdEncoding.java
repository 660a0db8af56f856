package org.recollect.kernel;

import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Encoding by the Vector API.
final class SimdEncoding implements Encoding {

  private static final VectorSpecies<Double> DOUBLES =
      VectorSpecies.of(double.class, Lanes.FLOATS.vectorShape());

  private static final Encoding REFERENCE = new ReferenceEncoding();

  @Override
  public void rotate(float[] x, int offset, int width) {
    if (SimdHadamard.takes(width)) {
      SimdHadamard.transform(x, offset, width);
    } else {
      REFERENCE.rotate(x, offset, width);
    }
  }

  @Override
  public void write(Page page, int at, float[] rows, int offset, int tokens) {
    if (!takes(page.format())) {
      REFERENCE.write(page, at, rows, offset, tokens);
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
        case Coded _ -> throw new AssertionError("the reference writes these");
      }
    }
  }

  private static boolean takes(PageFormat format) {
    return switch (format) {
      case Floats _, Grid _ -> true;
      case Book book -> SimdNearest.takes(book);
      case Coded _ -> false;
    };
  }

  /// Sums channel by channel in the order of the tokens, which is the order of the reference.
  @Override
  public ChannelStatistics statistics(float[] rows, int channels) {
    float[] min = Arrays.copyOf(rows, channels);
    float[] max = Arrays.copyOf(rows, channels);
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    int tokens = rows.length / channels;
    int whole = channels / Lanes.COUNT * Lanes.COUNT;
    for (int c = 0; c < whole; c += Lanes.COUNT) {
      widen(rows, c, channels, tokens, min, max);
      add(rows, c, channels, tokens, sum, squares);
    }
    for (int i = 0; i < rows.length; i += channels) {
      for (int c = whole; c < channels; c++) {
        double x = rows[i + c];
        min[c] = Math.min(min[c], rows[i + c]);
        max[c] = Math.max(max[c], rows[i + c]);
        sum[c] += x;
        squares[c] += x * x;
      }
    }
    return ReferenceEncoding.statistics(min, max, sum, squares, tokens);
  }

  private static void widen(
      float[] rows, int channel, int channels, int tokens, float[] min, float[] max) {
    var least = Lanes.floats(min, channel);
    var most = Lanes.floats(max, channel);
    for (int t = 0, at = channel; t < tokens; t++, at += channels) {
      var x = Lanes.floats(rows, at);
      least = x.min(least);
      most = x.max(most);
    }
    least.intoArray(min, channel);
    most.intoArray(max, channel);
  }

  private static void add(
      float[] rows, int channel, int channels, int tokens, double[] sum, double[] squares) {
    var sum0 = DoubleVector.zero(DOUBLES);
    var sum1 = DoubleVector.zero(DOUBLES);
    var squares0 = DoubleVector.zero(DOUBLES);
    var squares1 = DoubleVector.zero(DOUBLES);
    for (int t = 0, at = channel; t < tokens; t++, at += channels) {
      var x = Lanes.floats(rows, at);
      var x0 = (DoubleVector) x.convert(VectorOperators.F2D, 0);
      var x1 = (DoubleVector) x.convert(VectorOperators.F2D, 1);
      sum0 = x0.add(sum0);
      sum1 = x1.add(sum1);
      squares0 = x0.mul(x0).add(squares0);
      squares1 = x1.mul(x1).add(squares1);
    }
    sum0.intoArray(sum, channel);
    sum1.intoArray(sum, channel + DOUBLES.length());
    squares0.intoArray(squares, channel);
    squares1.intoArray(squares, channel + DOUBLES.length());
  }
}
