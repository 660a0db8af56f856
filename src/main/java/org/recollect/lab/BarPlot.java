package org.recollect.lab;

import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;

/// Bars over the arms, or over a setting with a bar for each arm.
///
/// @param x the setting, or null
record BarPlot(Results results, Axis.Swept x, Measure y) {
  /// What fits below the axis side by side; more is written aslant.
  private static final int LABEL_CHARACTERS = 80;

  CategoryChart chart() {
    ChartStyle.requireFont();
    var chart =
        new CategoryChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(results.heading())
            .xAxisTitle(x == null ? "" : x.title())
            .yAxisTitle(y.header())
            .build();
    var summaries = Summary.of(results);
    ChartStyle.apply(chart, x == null ? List.of() : results.arms());
    chart.getStyler().setAvailableSpaceFill(0.8);
    chart.getStyler().setPlotGridVerticalLinesVisible(false);
    chart.getStyler().setErrorBarsColorSeriesColor(false);
    var categories =
        x == null ? results.arms() : summaries.stream().map(x::label).distinct().toList();
    boolean crowded =
        categories.stream().mapToInt(label -> 3 + label.length()).sum() > LABEL_CHARACTERS;
    chart.getStyler().setXAxisTickMarkSpacingHint(1); // a label for every bar
    chart.getStyler().setXAxisLabelRotation(crowded ? 45 : 0);
    if (x == null) {
      addBars(chart, y.name(), categories, arm -> over(summaries, arm, null), 0);
      return chart;
    }
    int number = 0;
    for (String arm : results.arms()) {
      addBars(chart, arm, categories, value -> over(summaries, arm, value), number++);
    }
    return chart;
  }

  private void addBars(
      CategoryChart chart,
      String name,
      List<String> categories,
      Function<String, List<Summary>> bar,
      int number) {
    double[] heights =
        categories.stream().mapToDouble(category -> mean(bar.apply(category))).toArray();
    double[] whiskers =
        categories.stream().mapToDouble(category -> spread(bar.apply(category))).toArray();
    boolean whiskered = Arrays.stream(whiskers).anyMatch(whisker -> whisker > 0);
    var series =
        whiskered
            ? chart.addSeries(name, categories, boxed(heights), boxed(whiskers))
            : chart.addSeries(name, categories, boxed(heights));
    series.setFillColor(ChartStyle.colour(number));
  }

  /// The settings that a bar averages over.
  private List<Summary> over(List<Summary> summaries, String arm, String value) {
    return summaries.stream()
        .filter(summary -> summary.arm().equals(arm))
        .filter(summary -> value == null || x.label(summary).equals(value))
        .toList();
  }

  private double mean(List<Summary> bar) {
    return bar.isEmpty()
        ? 0
        : y.average().of(bar.stream().mapToDouble(summary -> summary.mean(y)).toArray());
  }

  private double spread(List<Summary> bar) {
    return bar.stream().mapToDouble(summary -> summary.spread(y)).average().orElse(0);
  }

  private static List<Double> boxed(double[] values) {
    return Arrays.stream(values).boxed().toList();
  }
}
