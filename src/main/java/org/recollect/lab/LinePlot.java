package org.recollect.lab;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Lines with interval bands.
record LinePlot(Results results, Axis x, Measure y, boolean logX, boolean logY) {
  /// @param band the 95 % interval, else from the lowest to the highest seed
  private record Point(double x, double y, Interval band, boolean interval) {}

  XYChart chart() {
    ChartStyle.requireFont();
    var lines = lines();
    var legend = List.copyOf(lines.keySet());
    var chart =
        new XYChartBuilder()
            .width(ChartStyle.width(legend))
            .height(ChartStyle.height(legend))
            .title(results.heading())
            .xAxisTitle(x.title())
            .yAxisTitle(y.header() + bandTitle(lines))
            .build();
    ChartStyle.apply(chart, legend);
    int number = 0;
    for (var line : lines.entrySet()) {
      add(chart, line.getKey(), line.getValue(), number++);
    }
    ChartStyle.scale(chart, logX, logY);
    return chart;
  }

  /// Points of one line from left to right, by the name of the line.
  private Map<String, List<Point>> lines() {
    var lines = new LinkedHashMap<String, List<Point>>();
    for (Summary summary : Summary.of(results)) {
      lines.computeIfAbsent(name(summary), name -> new ArrayList<>()).add(point(summary));
    }
    lines.values().forEach(line -> line.sort(Comparator.comparingDouble(Point::x)));
    return lines;
  }

  private String name(Summary summary) {
    String line =
        switch (x) {
          case Axis.Swept setting -> summary.arm();
          case Axis.Measured measure -> results.legend(summary.series());
        };
    var apart =
        summary.settings().only(setting -> results.varies(setting) && !joins(summary, setting));
    return line + apart.suffix();
  }

  /// Whether the line through a point runs along this setting.
  private boolean joins(Summary summary, String setting) {
    return switch (x) {
      case Axis.Swept swept -> swept.setting().equals(setting);
      case Axis.Measured measure -> results.armsOf(summary.series()).size() == 1;
    };
  }

  private Point point(Summary summary) {
    Optional<Interval> interval = summary.interval(y);
    return new Point(
        x.of(summary),
        summary.mean(y),
        interval.orElseGet(() -> summary.range(y)),
        interval.isPresent());
  }

  private static void add(XYChart chart, String name, List<Point> line, int number) {
    double[] across = line.stream().mapToDouble(Point::x).toArray();
    double[] up = line.stream().mapToDouble(Point::y).toArray();
    double widest = line.stream().mapToDouble(point -> point.band.width()).max().orElse(0);
    if (line.size() > 1 && widest > 0) {
      addBand(chart, name, across, line.stream().map(Point::band).toList(), number);
    }
    var series =
        line.size() == 1 && widest > 0
            ? chart.addSeries(name, across, up, new double[] {widest / 2})
            : chart.addSeries(name, across, up);
    ChartStyle.apply(series, number);
  }

  private static void addBand(
      XYChart chart, String name, double[] across, List<Interval> bands, int number) {
    double[] outline =
        DoubleStream.concat(
                bands.stream().mapToDouble(Interval::high),
                bands.reversed().stream().mapToDouble(Interval::low))
            .toArray();
    double[] there = new double[outline.length];
    for (int i = 0; i < across.length; i++) {
      there[i] = across[i];
      there[there.length - 1 - i] = across[i];
    }
    var band = chart.addSeries(name + " interval", there, outline);
    band.setXYSeriesRenderStyle(XYSeriesRenderStyle.PolygonArea);
    band.setFillColor(ChartStyle.faint(number));
    band.setLineColor(ChartStyle.INVISIBLE);
    band.setMarker(SeriesMarkers.NONE);
    band.setShowInLegend(false);
  }

  private static String bandTitle(Map<String, List<Point>> lines) {
    var banded =
        lines.values().stream()
            .flatMap(List::stream)
            .filter(point -> point.band.width() > 0)
            .toList();
    if (banded.isEmpty()) {
      return "";
    }
    return banded.stream().allMatch(Point::interval)
        ? " with 95 % interval"
        : " with range of seeds";
  }
}
