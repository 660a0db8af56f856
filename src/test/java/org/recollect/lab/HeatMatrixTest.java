package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class HeatMatrixTest {

  @Test
  void everyNumberHasItsCell() {
    var chart =
        HeatMatrix.of("head", "layer", new double[][] {{1, 2, 3}, {4, 5, 6}}).chart("scores");
    var series = chart.getHeatMapSeries();
    assertEquals(List.of("0", "1", "2"), series.getXData());
    assertEquals(List.of("0", "1"), series.getYData());
    assertEquals(6, series.getHeatData().size());
    for (Number[] cell : series.getHeatData()) {
      double expected = 1 + cell[0].intValue() + 3 * cell[1].intValue();
      assertArrayEquals(new Number[] {cell[0], cell[1], expected}, cell);
    }
    assertEquals("head", chart.getXAxisTitle());
    assertEquals("layer", chart.getYAxisTitle());
  }

  @Test
  void rowsAndColumnsMayHaveNames() {
    var matrix = HeatMatrix.of("tested", "forgotten", new double[][] {{1, 2, 3}, {4, 5, 6}});
    var named = matrix.named(List.of("a", "b", "c"), List.of("d", "e"));
    assertEquals(List.of("a", "b", "c"), named.chart("ratios").getHeatMapSeries().getXData());
    assertEquals(List.of("d", "e"), named.chart("ratios").getHeatMapSeries().getYData());
    assertThrows(
        IllegalArgumentException.class, () -> matrix.named(List.of("a", "b"), List.of("d", "e")));
  }

  @Test
  void whatIsNoMatrixIsRefused() {
    for (double[][] bad : new double[][][] {{}, {{}}, {{1, 2}, {3}}, {{Double.NaN}}}) {
      assertThrows(IllegalArgumentException.class, () -> HeatMatrix.of("x", "y", bad));
    }
  }
}
