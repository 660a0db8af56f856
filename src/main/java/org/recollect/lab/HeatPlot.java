package org.recollect.lab;

import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.HeatMapChart;

/// One arm's measure over two settings, a coloured and labelled cell for each pair of values.
record HeatPlot(Results results, Axis.Swept x, Axis.Swept y, Measure measure) {

  HeatMapChart chart() {
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
    String title = String.join("", results.arms()) + ": " + measure.header();
    var chart = HeatMatrix.empty(title, x.title(), y.title(), measure.digits());
    chart.addSeries(measure.name(), columns, lines, List.copyOf(cells));
    return chart;
  }

  private double[] values(List<Summary> summaries, String column, String line) {
    return summaries.stream()
        .filter(summary -> x.label(summary).equals(column) && y.label(summary).equals(line))
        .mapToDouble(summary -> summary.mean(measure))
        .toArray();
  }
}
