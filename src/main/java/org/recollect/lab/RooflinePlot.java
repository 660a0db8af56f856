package org.recollect.lab;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.recollect.lab.Roofline.Point;

/// The codecs of a [Roofline] as points, below the roof of the memory and that of a nearer cache.
record RooflinePlot(Roofline roofline) {

  XYChart chart() {
    ChartStyle.requireFont();
    var chart =
        new XYChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(String.format(Locale.ROOT, "One thread, %,d tokens", roofline.tokens()))
            .xAxisTitle("arithmetic intensity [FLOP per byte of cache]")
            .yAxisTitle("speed [GFLOP/s]")
            .build();
    var points = roofline.points();
    var legend = new ArrayList<>(points.stream().map(Point::codec).toList());
    double most = points.stream().mapToDouble(Point::bytes).max().orElseThrow();
    double least = points.stream().mapToDouble(Point::bytes).min().orElseThrow();
    String far = roof(most);
    String near = roof(least);
    legend.addAll(List.of(far, near));
    ChartStyle.apply(chart, legend);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    double left = decade(Math.floor(Math.log10(Roofline.FLOP / most)));
    double right = decade(Math.ceil(Math.log10(Roofline.FLOP / least)));
    addRoof(chart, far, roofline.far(), new float[] {1, 0}, left, right);
    addRoof(chart, near, roofline.near(), new float[] {6, 4}, left, right);
    for (int i = 0; i < points.size(); i++) {
      var point = points.get(i);
      var series =
          chart.addSeries(
              point.codec(), new double[] {point.intensity()}, new double[] {point.speed()});
      series.setMarker(ChartStyle.marker(i));
      series.setMarkerColor(ChartStyle.colour(i));
    }
    ChartStyle.scale(chart, true, true);
    chart.getStyler().setXAxisMin(left).setXAxisMax(right);
    double lowest = points.stream().mapToDouble(Point::speed).min().orElseThrow();
    chart
        .getStyler()
        .setYAxisMin(decade(Math.floor(Math.log10(Math.min(lowest, roofline.roof(left))))))
        .setYAxisMax(decade(Math.ceil(Math.log10(roofline.peak()))));
    return chart;
  }

  /// A logarithmic axis has labels at powers of ten only: it begins and ends at one.
  private static double decade(double power) {
    return Math.pow(10, power);
  }

  private String roof(double bytes) {
    return String.format(Locale.ROOT, "roof, %.3g MB read", bytes * roofline.tokens() / 1e6);
  }

  /// Up to the peak with the bandwidth as its slope, and level from there on.
  private void addRoof(
      XYChart chart, String name, double bandwidth, float[] dash, double left, double right) {
    double ridge = Math.clamp(roofline.peak() / bandwidth, left, right);
    double[] xs = DoubleStream.of(left, ridge, right).toArray();
    double[] ys = DoubleStream.of(xs).map(x -> Math.min(roofline.peak(), bandwidth * x)).toArray();
    var line = chart.addSeries(name, xs, ys);
    line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    line.setLineColor(ChartStyle.NEUTRAL);
    line.setLineStyle(
        new BasicStroke(1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0));
    line.setMarker(SeriesMarkers.NONE);
  }
}
