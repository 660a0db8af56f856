package org.recollect.lab;

import java.awt.Font;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.HeatMapChartBuilder;

/// A matrix of plain numbers that are not results of trials, a coloured and labelled cell for each.
///
/// ```java
/// HeatMatrix.of("head", "layer", scores).chart("retrieval scores")
/// ```
///
/// @param x title of the columns
/// @param y title of the rows
/// @param values `[rows][columns]`; row 0 is drawn lowest
/// @param digits decimals in a cell
/// @param columns what stands below each column
/// @param rows what stands beside each row
public record HeatMatrix(
    String x, String y, double[][] values, int digits, List<String> columns, List<String> rows) {

  /// @throws IllegalArgumentException if there is no number, rows differ in length, a number is not
  ///   finite, or there is not a name for each row and column
  public HeatMatrix {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
    if (values.length == 0 || values[0].length == 0) {
      throw new IllegalArgumentException("A matrix to be drawn has at least one number.");
    }
    for (double[] row : values) {
      if (row.length != values[0].length) {
        throw new IllegalArgumentException(
            "The rows of a matrix are of one length, but there are rows of %d and %d numbers."
                .formatted(values[0].length, row.length));
      }
      if (!Arrays.stream(row).allMatch(Double::isFinite)) {
        throw new IllegalArgumentException("A matrix to be drawn has finite numbers only.");
      }
    }
    if (rows.size() != values.length || columns.size() != values[0].length) {
      throw new IllegalArgumentException(
          "A matrix of %d rows and %d columns needs a name for each, but got %d and %d."
              .formatted(values.length, values[0].length, rows.size(), columns.size()));
    }
  }

  /// With two decimals, rows and columns counted from 0.
  public static HeatMatrix of(String x, String y, double[][] values) {
    int columns = values.length == 0 ? 0 : values[0].length;
    return new HeatMatrix(x, y, values, 2, numbers(columns), numbers(values.length));
  }

  public HeatMatrix digits(int digits) {
    return new HeatMatrix(x, y, values, digits, columns, rows);
  }

  /// With names for the columns and the rows.
  public HeatMatrix named(List<String> columns, List<String> rows) {
    return new HeatMatrix(x, y, values, digits, columns, rows);
  }

  /// Draws the cells, 700 by 450 pixels.
  ///
  /// @throws IllegalStateException when Java has no font to draw with
  public HeatMapChart chart(String title) {
    var cells = new ArrayList<Number[]>();
    for (int column = 0; column < values[0].length; column++) {
      for (int row = 0; row < values.length; row++) {
        cells.add(new Number[] {column, row, values[row][column]});
      }
    }
    var chart = empty(title, x, y, digits);
    chart.addSeries(title, columns, rows, cells);
    return chart;
  }

  private static List<String> numbers(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }

  /// A heat map without cells; the figures in the cells are the scale.
  static HeatMapChart empty(String title, String x, String y, int digits) {
    ChartStyle.requireFont();
    var chart =
        new HeatMapChartBuilder()
            .width(ChartStyle.WIDTH)
            .height(ChartStyle.HEIGHT)
            .title(title)
            .xAxisTitle(x)
            .yAxisTitle(y)
            .build();
    ChartStyle.apply(chart, List.of());
    var styler = chart.getStyler();
    styler.setPlotGridLinesVisible(false);
    styler.setXAxisTickMarkSpacingHint(1).setYAxisTickMarkSpacingHint(1);
    styler.setPlotContentSize(1);
    styler.setRangeColors(ChartStyle.HEAT).setShowValue(true).setDrawBorder(true);
    styler.setValueFont(ChartStyle.font(Font.PLAIN, 12));
    styler.setHeatMapValueDecimalPattern(digits == 0 ? "0" : "0." + "0".repeat(digits));
    return chart;
  }
}
