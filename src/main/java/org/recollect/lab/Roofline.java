package org.recollect.lab;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.knowm.xchart.XYChart;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.kernel.MultiplyAdds;
import org.recollect.lab.Contest.Clock;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/// How fast one thread of this machine attends to a cache, by codec, beside what the machine could
/// do at best (Williams, Waterman and Patterson 2009). A kernel that does `I` floating-point
/// operations for each byte it reads does at most `min(peak, I * bandwidth)` of them a second.
///
/// Counted is what attention has to do whatever the codec: for each token, query and channel a
/// multiply-add with the key and one with the value, `2 * 2 * queries * headDim` operations. What a
/// codec adds, unpacking and looking up, shows as distance from the roof.
///
/// @param tokens of the key/value head that is attended to by [Decoding#QUERIES] queries
/// @param far gigabytes a second that are read of as much memory as the f32 cache takes
/// @param near gigabytes a second of reading as much memory as the smallest cache takes, over and
///   over: what the processor's own cache gives, where it fits
/// @param peak billions of multiplications and additions a second
/// @param points one for each codec
public record Roofline(int tokens, double far, double near, double peak, List<Point> points) {

  /// Floating-point operations of attention for a token.
  public static final double FLOP = 2.0 * 2 * Decoding.QUERIES * Decoding.HEAD_DIM;

  private static final List<KeyValueFormat> FORMATS =
      List.of(
          KeyValueFormat.F32,
          KeyValueFormat.F16,
          KeyValueFormat.BF16,
          KeyValueFormat.INT8,
          KeyValueFormat.INT4_G32,
          KeyValueFormat.INT3_G32,
          KeyValueFormat.GRID2_G32,
          KeyValueFormat.KIVI2,
          KeyValueFormat.PAIRS,
          KeyValueFormat.ONE_BIT);

  private static final String PEAK = "multiply-adds";

  /// Turns of a call of [MultiplyAdds].
  private static final int TURNS = 10_000;

  /// What was added up must be used, or the compiler leaves the additions out.
  private static volatile float sum;

  /// One codec.
  ///
  /// @param bytes read for a token, scales and offsets included
  /// @param nanoseconds of the thread's processor time for a token
  /// @param speedup over f32 in the same sweeps
  public record Point(String codec, double bytes, Quartiles nanoseconds, Speedup speedup) {

    /// Floating-point operations for each byte that is read.
    public double intensity() {
      return FLOP / bytes;
    }

    /// Billions of floating-point operations a second.
    public double speed() {
      return FLOP / nanoseconds.median();
    }
  }

  public Roofline {
    points = List.copyOf(points);
  }

  /// Measures this machine, as long and with as many tokens as the scale says: 4,096 in seconds,
  /// 32,768 in a minute, or 131,072 in minutes.
  ///
  /// @throws IllegalStateException if this Java has no Vector API
  public static Roofline measure() {
    if (!Kernels.available().contains(Implementation.SIMD)) {
      throw new IllegalStateException(
          "A roofline is measured by the Vector API: start Java with --add-modules jdk.incubator.vector.");
    }
    var scale = Scale.current();
    return measure(
        scale.pick(4096, 32_768, 131_072),
        scale.pick(new Pace(0.4, 0.8, 0.3, 9), Pace.QUICK, Pace.THOROUGH));
  }

  /// @param tokens a multiple of 4,096, or of a page and less
  static Roofline measure(int tokens, Pace pace) {
    var decoding = Decoding.of(tokens, 1);
    try (var arena = Arena.ofShared()) {
      var attention = Kernels.decodeAttention(Implementation.SIMD, 1);
      var contenders = new ArrayList<Contender>();
      for (var format : FORMATS) {
        contenders.add(PagedAttention.of(arena, format, decoding).contender("", attention));
      }
      double most = contenders.stream().mapToDouble(Contender::bytes).max().orElseThrow();
      double least = contenders.stream().mapToDouble(Contender::bytes).min().orElseThrow();
      var far = MemoryStream.contender(arena, tokens, most, 1);
      // As many bytes in all, or the clock itself would take a good part of the time.
      var near = MemoryStream.repeated(arena, tokens, least, (int) Math.ceil(most / least));
      contenders.addAll(List.of(far, near, peak(tokens)));
      var contest = new Contest("roofline", "token", Clock.PROCESSOR, contenders);
      return of(tokens, contest.run(pace), far.name(), near.name());
    }
  }

  private static Roofline of(int tokens, Standings standings, String far, String near) {
    var points =
        FORMATS.stream()
            .map(format -> standings.of(format.name()))
            .map(standing -> {
              var contender = standing.contender();
              return new Point(
                  contender.name(),
                  contender.bytes(),
                  standing.by(Clock.PROCESSOR),
                  standings.speedup(contender.name(), KeyValueFormat.F32.name()));
            })
            .toList();
    return new Roofline(
        tokens,
        standings.bandwidth(standings.of(far)),
        standings.bandwidth(standings.of(near)),
        FLOP / standings.of(PEAK).by(Clock.PROCESSOR).median(),
        points);
  }

  /// As many operations as attention to the tokens takes, without reading any.
  private static Contender peak(int tokens) {
    int calls = (int) Math.ceil(tokens * FLOP / MultiplyAdds.flop(TURNS));
    return Contender.of(
        PEAK,
        calls * MultiplyAdds.flop(TURNS) / FLOP,
        () -> {
          for (int call = 0; call < calls; call++) {
            sum = MultiplyAdds.run(TURNS);
          }
        });
  }

  /// Billions of operations a second that a kernel of this intensity can reach, if what it reads is
  /// no nearer than the f32 cache.
  public double roof(double intensity) {
    return Math.min(peak, far * intensity);
  }

  /// A line for each codec; ± is half the distance between the quartiles.
  public Table table() {
    return Table.create(
        toString() + "; ± is half the distance between the quartiles",
        column("codec", Point::codec),
        column("bytes per token ↓", point -> Rounding.fixed(point.bytes, 0)),
        column("FLOP per byte", point -> Rounding.fixed(point.intensity(), 1)),
        column("ns per token ↓", point -> spread(point.nanoseconds.median(), point.nanoseconds)),
        column("GFLOP/s ↑", point -> Rounding.fixed(point.speed(), 0)),
        column(
            "of the roof ↑",
            point -> Rounding.fixed(100 * point.speed() / roof(point.intensity()), 0) + " %"),
        column("times f32 ↑", point -> spread(point.speedup().value(), point.speedup().spread())));
  }

  /// The codecs under the roof, on logarithmic axes.
  public XYChart plot() {
    return new RooflinePlot(this).chart();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Decode attention on one thread, %,d tokens; roof: %.0f GB/s, %.0f GFLOP/s",
        tokens,
        far,
        peak);
  }

  private StringColumn column(String title, Function<Point, String> cell) {
    return StringColumn.create(title, points.stream().map(cell));
  }

  private static String spread(double value, Quartiles quartiles) {
    return Rounding.withSpread(value, (quartiles.high() - quartiles.low()) / 2, 1);
  }
}
