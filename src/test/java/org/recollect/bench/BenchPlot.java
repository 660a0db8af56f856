package org.recollect.bench;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.recollect.lab.ChartStyle;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Standings;
import org.recollect.tensor.AtomicFile;

/// The contests of a benchmark side by side: a bar for the median time of each contender.
record BenchPlot(CategoryChart chart) {

  static BenchPlot of(String benchmark, List<Standings> all) {
    ChartStyle.requireFont();
    var contests = all.stream().map(Standings::contest).toList();
    var chart =
        new CategoryChartBuilder()
            .width(2 * ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(benchmark)
            .yAxisTitle("nanoseconds a " + contests.getFirst().operation())
            .build();
    ChartStyle.apply(chart, contests.stream().map(Contest::title).toList());
    var styler = chart.getStyler();
    styler.setYAxisLogarithmic(true);
    styler.setAvailableSpaceFill(0.8);
    styler.setPlotGridVerticalLinesVisible(false);
    styler.setXAxisTickMarkSpacingHint(1); // a label for every bar
    styler.setXAxisLabelRotation(45);
    var names =
        contests.stream()
            .flatMap(contest -> contest.contenders().stream())
            .map(Contender::name)
            .distinct()
            .toList();
    for (var standings : all) {
      var heights = names.stream().map(name -> median(standings, name)).toArray(Double[]::new);
      chart.addSeries(standings.contest().title(), names, Arrays.asList(heights));
    }
    // Bars on a logarithmic axis have no natural foot.
    double least =
        chart.getSeriesCollection().stream()
            .flatMapToDouble(series -> Arrays.stream(series.getYData()))
            .filter(height -> height > 0)
            .min()
            .orElseThrow();
    styler.setYAxisMin(Math.pow(10, Math.floor(Math.log10(least))));
    return new BenchPlot(chart);
  }

  /// Writes `name.svg` and `name.png`.
  void save(Path folder, String name) {
    AtomicFile.write(
        folder.resolve(name + ".svg"),
        out -> VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG));
    AtomicFile.write(
        folder.resolve(name + ".png"),
        out -> out.write(BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG)));
  }

  /// Null where the contender did not take part: no bar.
  private static Double median(Standings standings, String contender) {
    return standings.all().stream()
        .filter(standing -> standing.contender().name().equals(contender))
        .map(standing -> standing.by(standings.contest().clock()).median())
        .findFirst()
        .orElse(null);
  }
}
