package org.recollect.lab;

import java.awt.Font;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/// One arm's measure over two settings, a coloured and labelled cell for each pair of values.
record HeatPlot(Results results, Axis.Swept x, Axis.Swept y, Measure measure) {

  HeatMapChart chart() {
    ChartStyle.requireFont();
    var summaries = Summary.of(results);
    var columns = summaries.stream().map(x::label).distinct().toList();
    var lines = summaries.stream().map(y::label).distinct().toList();
    var cells = new ArrayList<Number[]>();
    for (int column = 0; column < columns.size(); column++) {
      for (int line = 0; line < lines.size(); line++) {
        double[] values = values(summaries, columns.get(column), lines.get(line));
        if (values.length > 0) {
          cells.add(new Number[] {column, line, measure.average().of(values)});
        }
      }
    }
    var chart =
        new HeatMapChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(String.join("", results.arms()) + ": " + measure.header())
            .xAxisTitle(x.title())
            .yAxisTitle(y.title())
            .build();
    // The figures in the cells are the scale.
    ChartStyle.apply(chart.getStyler(), List.of());
    chart.getStyler().setPlotGridLinesVisible(false);
    chart.getStyler().setXAxisTickMarkSpacingHint(1).setYAxisTickMarkSpacingHint(1);
    chart.getStyler().setPlotContentSize(1);
    chart.getStyler().setRangeColors(ChartStyle.HEAT).setShowValue(true).setDrawBorder(true);
    chart.getStyler().setValueFont(ChartStyle.font(Font.PLAIN, 12));
    chart.getStyler().setHeatMapValueDecimalPattern(pattern());
    chart.addSeries(measure.name(), columns, lines, List.copyOf(cells));
    return chart;
  }

  private String pattern() {
    return measure.digits() == 0 ? "0" : "0." + "0".repeat(measure.digits());
  }

  private double[] values(List<Summary> summaries, String column, String line) {
    return summaries.stream()
        .filter(summary -> x.label(summary).equals(column) && y.label(summary).equals(line))
        .mapToDouble(summary -> summary.mean(measure))
        .toArray();
  }
}
