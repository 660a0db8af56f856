package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.knowm.xchart.XYSeries.XYSeriesRenderStyle;
import org.knowm.xchart.style.markers.SeriesMarkers;

class CurvesTest {
  private static final Curves EMPTY = Curves.over("step", "loss [nats]");

  @Test
  void linesAreDrawnOverTheirPlacesOrOverTheXGiven() throws Exception {
    var chart =
        EMPTY
            .line("floats", new float[] {3, 2, 1.5f})
            .line("doubles", new double[] {10, 100}, new double[] {2, 0.25})
            .logY()
            .chart();
    assertEquals("step", chart.getXAxisTitle());
    assertEquals("loss [nats]", chart.getYAxisTitle());
    assertEquals(List.of("floats", "doubles"), PlotTest.legend(chart));
    assertArrayEquals(new double[] {0, 1, 2}, chart.getSeries("floats").getXData());
    assertArrayEquals(new double[] {3, 2, 1.5}, chart.getSeries("floats").getYData());
    assertArrayEquals(new double[] {10, 100}, chart.getSeries("doubles").getXData());
    assertNotEquals(
        chart.getSeries("floats").getLineColor(), chart.getSeries("doubles").getLineColor());
    PlotTest.drawn(chart);
  }

  @Test
  void aStepLeavesWhatItStartsFromAndWhatItIsGiven() {
    double[] values = {1, 2};
    var one = EMPTY.line("one", values);
    values[0] = 9;
    one.line("two", values);
    assertEquals(1, one.chart().getSeriesCollection().size());
    assertArrayEquals(new double[] {1, 2}, one.chart().getSeries("one").getYData());
  }

  /// Equally spaced, all of them would be labelled.
  @Test
  void aLongLineIsNotQuiteEquallySpaced() {
    var chart = EMPTY.line("short", new double[20]).line("long", new double[200]).chart();
    double[] places = chart.getSeries("long").getXData();
    assertEquals(1.01, places[199] - places[198], 1e-9);
    assertEquals(199, places[199], 0.02);
    assertEquals(19, chart.getSeries("short").getXData()[19]);
  }

  @Test
  void itemsBecomePoints() {
    var chart = EMPTY.line("words", List.of("a", "abc"), String::length, w -> w.charAt(0)).chart();
    assertArrayEquals(new double[] {1, 3}, chart.getSeries("words").getXData());
    assertArrayEquals(new double[] {97, 97}, chart.getSeries("words").getYData());
  }

  @Test
  void pointsAreNotJoinedHoweverManyThereAre() throws Exception {
    double[] many = IntStream.range(0, 500).asDoubleStream().toArray();
    var chart = EMPTY.line("line", new double[3]).points("many", many, many).chart();
    assertNotEquals(XYSeriesRenderStyle.Scatter, chart.getSeries("line").getXYSeriesRenderStyle());
    assertEquals(
        Optional.of(XYSeriesRenderStyle.Scatter), chart.getSeries("many").getXYSeriesRenderStyle());
    assertNotEquals(SeriesMarkers.NONE, chart.getSeries("many").getMarker());
    PlotTest.drawn(chart);
  }

  @Test
  void longLinesHaveNoMarkers() {
    var chart = EMPTY.line("short", new float[5]).line("long", new float[500]).chart();
    assertNotEquals(SeriesMarkers.NONE, chart.getSeries("short").getMarker());
    assertEquals(SeriesMarkers.NONE, chart.getSeries("long").getMarker());
  }

  /// XChart puts the ticks of equally spaced numbers on these.
  @Test
  void ticksOnTheNumbersAreRounded() throws Exception {
    var chart = EMPTY.line("means", new double[] {1, 2}, new double[] {1 / 3.0, 2 / 3.0}).chart();
    PlotTest.drawn(chart);
    assertEquals("#,##0.####", chart.getStyler().getYAxisDecimalPattern());
    assertEquals("#,##0.###", chart.getStyler().getXAxisDecimalPattern());
  }

  @Test
  void mistakesAreOneSentence() {
    complains("nothing to draw", EMPTY::chart);
    complains("at least one, but got 0 and 0", () -> EMPTY.line("none", new float[0]));
    complains("but got 2 and 3", () -> EMPTY.line("uneven", new double[2], new double[3]));
    complains(
        "finite numbers, but has NaN", () -> EMPTY.line("hole", new double[] {1, Double.NaN}));
    complains(
        "finite", () -> EMPTY.line("far", new double[] {Double.NEGATIVE_INFINITY}, new double[1]));
    var zero = EMPTY.line("zero", new double[] {1, 0});
    complains("a line 'zero' already", () -> zero.line("zero", new float[1]));
    complains("'zero' reaches 0, but a logarithmic axis", () -> zero.logY().chart());
    complains("drop logX()", () -> zero.logX().chart());
  }

  private static void complains(String about, Executable mistake) {
    var e = assertThrows(RuntimeException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
  }
}
