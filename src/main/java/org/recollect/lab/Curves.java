package org.recollect.lab;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;

/// Lines of plain numbers that are not results of trials: a profile over channels, a loss over
/// steps. Immutable; each step returns another one, and the last draws the chart.
///
/// ```java
/// Curves.over("channel", "largest |key|").line("as it is", before).line("rotated", after).chart();
/// ```
public final class Curves {
  private record Line(String name, double[] xs, double[] ys, boolean joined) {}

  private final String x;
  private final String y;
  private final List<Line> lines;
  private final boolean logX;
  private final boolean logY;

  private Curves(String x, String y, List<Line> lines, boolean logX, boolean logY) {
    this.x = x;
    this.y = y;
    this.lines = lines;
    this.logX = logX;
    this.logY = logY;
  }

  /// No line yet.
  ///
  /// @param x title of the x-axis, with its unit
  /// @param y title of the y-axis, with its unit
  public static Curves over(String x, String y) {
    return new Curves(x, y, List.of(), false, false);
  }

  /// Adds a line over 0, 1, 2 and so on; see [#line(String, double\[\], double\[\])].
  public Curves line(String name, double[] ys) {
    return line(name, IntStream.range(0, ys.length).asDoubleStream().toArray(), ys);
  }

  /// Adds a line over 0, 1, 2 and so on; see [#line(String, double\[\], double\[\])].
  public Curves line(String name, float[] ys) {
    return line(name, IntStream.range(0, ys.length).mapToDouble(i -> ys[i]).toArray());
  }

  /// Adds a line with a point an item, such as a report of training; see [#line(String, double\[\],
  /// double\[\])].
  public <T> Curves line(
      String name, List<T> items, ToDoubleFunction<? super T> x, ToDoubleFunction<? super T> y) {
    return line(
        name, items.stream().mapToDouble(x).toArray(), items.stream().mapToDouble(y).toArray());
  }

  /// Adds a line, drawn from point to point in the order given.
  ///
  /// @param name as the legend shows it
  /// @param xs `[points]`, at least one
  /// @param ys `[points]`
  /// @throws IllegalArgumentException when the lengths differ, there is no point, a number is not
  ///   finite, or the name is taken
  public Curves line(String name, double[] xs, double[] ys) {
    return with(new Line(name, xs.clone(), ys.clone(), true));
  }

  /// Adds points that no line joins, such as two numbers for each of many items.
  ///
  /// @param name as the legend shows it
  /// @param xs `[points]`, at least one
  /// @param ys `[points]`
  /// @throws IllegalArgumentException as for a line
  public Curves points(String name, double[] xs, double[] ys) {
    return with(new Line(name, xs.clone(), ys.clone(), false));
  }

  private Curves with(Line added) {
    String name = added.name;
    double[] xs = added.xs;
    double[] ys = added.ys;
    if (xs.length != ys.length || ys.length == 0) {
      throw new IllegalArgumentException(
          "The line '%s' needs as many x as y values, at least one, but got %d and %d."
              .formatted(name, xs.length, ys.length));
    }
    if (lines.stream().anyMatch(line -> line.name.equals(name))) {
      throw new IllegalArgumentException(
          "There is a line '%s' already: give this one another name.".formatted(name));
    }
    requireFinite(name, xs);
    requireFinite(name, ys);
    return new Curves(x, y, Stream.concat(lines.stream(), Stream.of(added)).toList(), logX, logY);
  }

  public Curves logX() {
    return new Curves(x, y, lines, true, logY);
  }

  public Curves logY() {
    return new Curves(x, y, lines, logX, true);
  }

  /// Draws the lines, 700 by 450 pixels.
  ///
  /// @throws IllegalStateException when there is no line, or Java has no font to draw with
  /// @throws IllegalArgumentException when a number on a logarithmic axis is not positive
  public XYChart chart() {
    if (lines.isEmpty()) {
      throw new IllegalStateException("There is nothing to draw: add .line(\"name\", values).");
    }
    ChartStyle.requireFont();
    var chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    ChartStyle.apply(chart, lines.stream().map(Line::name).toList());
    for (int i = 0; i < lines.size(); i++) {
      Line line = lines.get(i);
      var series = chart.addSeries(line.name, ChartStyle.unevenly(line.xs), line.ys);
      ChartStyle.apply(series, i);
      if (!line.joined) {
        series.setXYSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
        series.setMarker(ChartStyle.marker(i));
      }
    }
    ChartStyle.scale(chart, logX, logY);
    return chart;
  }

  private static void requireFinite(String name, double[] values) {
    Arrays.stream(values)
        .filter(value -> !Double.isFinite(value))
        .findFirst()
        .ifPresent(value -> {
          throw new IllegalArgumentException(
              "The line '%s' needs finite numbers, but has %s.".formatted(name, value));
        });
  }
}
