package org.recollect.lab;

import java.awt.BasicStroke;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.Collectors;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Every arm and setting as a point in the colour of its series, and the front of those that none
/// dominates.
record ParetoPlot(Results results, Measure x, Measure y, boolean logX, boolean logY) {
  private static final String FRONT = "Pareto front";

  XYChart chart() {
    ChartStyle.requireFont();
    var points = Summary.of(results);
    var coloured =
        points.stream()
            .collect(
                Collectors.groupingBy(
                    point -> results.legend(point.series()),
                    LinkedHashMap::new,
                    Collectors.toList()));
    var legend = new ArrayList<>(coloured.keySet());
    legend.add(FRONT);
    var chart =
        new XYChartBuilder()
            .width(ChartStyle.width(legend))
            .height(ChartStyle.height(legend))
            .title(results.heading())
            .xAxisTitle(x.header())
            .yAxisTitle(y.header())
            .build();
    ChartStyle.apply(chart, legend);
    chart.getStyler().setDefaultSeriesRenderStyle(XYSeriesRenderStyle.Scatter);
    var front = front(points);
    var line = chart.addSeries(FRONT, values(front, x), values(front, y));
    line.setXYSeriesRenderStyle(XYSeriesRenderStyle.Line);
    line.setLineColor(ChartStyle.NEUTRAL);
    line.setLineStyle(
        new BasicStroke(
            1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, new float[] {6, 4}, 0));
    line.setMarker(SeriesMarkers.NONE);
    int number = 0;
    for (var entry : coloured.entrySet()) {
      var series =
          chart.addSeries(entry.getKey(), values(entry.getValue(), x), values(entry.getValue(), y));
      series.setMarker(ChartStyle.marker(number));
      series.setMarkerColor(ChartStyle.colour(number));
      number++;
    }
    ChartStyle.scale(chart, logX, logY);
    return chart;
  }

  /// The points that no other beats in one measure without losing in the other, along x.
  List<Summary> front(List<Summary> points) {
    return points.stream()
        .filter(point -> points.stream().noneMatch(other -> dominates(other, point)))
        .sorted(Comparator.comparingDouble(point -> point.mean(x)))
        .toList();
  }

  private boolean dominates(Summary one, Summary other) {
    double dx = x.loss(one.mean(x)) - x.loss(other.mean(x));
    double dy = y.loss(one.mean(y)) - y.loss(other.mean(y));
    return dx <= 0 && dy <= 0 && (dx < 0 || dy < 0);
  }

  private static double[] values(List<Summary> points, Measure measure) {
    return points.stream().mapToDouble(point -> point.mean(measure)).toArray();
  }
}
