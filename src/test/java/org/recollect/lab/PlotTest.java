package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.lab.ToyStudy.ENERGY;
import static org.recollect.lab.ToyStudy.ERROR;

import java.awt.Color;
import java.awt.font.FontRenderContext;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.internal.chartpart.Chart;
import org.recollect.lab.ToyStudy.Estimator;
import org.recollect.tensor.RandomStream;

class PlotTest {
  @TempDir Path folder;
  private Results results;

  @BeforeEach
  void run() {
    Progress.showIn(progress -> {});
    results =
        ToyStudy.on("flatland")
            .compare(new Estimator("full", 0), new Estimator("coarse", 0.5, 0.3, 1))
            .vary("budget", 0.25, 0.5, 1)
            .vary("items", 10, 20)
            .seeds(2)
            .storedIn(folder)
            .run();
  }

  @Test
  void everyChartIsDrawn() throws Exception {
    var plot = results.plot().x("budget").y(ERROR);
    drawn(plot.byArm());
    drawn(plot.where("items", 10).logX().logY().byArm());
    drawn(results.plot().x(ENERGY).y(ERROR).byArm());
    drawn(results.plot().x(ENERGY).y(ERROR).logY().pareto());
    drawn(plot.bars());
    drawn(results.plot().y(ERROR).bars());
    drawn(results.plot().x("budget").y("items").only("coarse").heat(ERROR));
  }

  static void drawn(Chart<?, ?> chart) throws Exception {
    byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
    var image = ImageIO.read(new ByteArrayInputStream(png));
    int width = image.getWidth();
    assertTrue(width == 700 || width == 850, "a legend beside the plot has room of its own");
    assertEquals(450, image.getHeight());
    long inked =
        IntStream.range(0, width * 450)
            .filter(i -> image.getRGB(i % width, i / width) != Color.WHITE.getRGB())
            .count();
    assertTrue(inked > 5000, "only " + inked + " pixels are not white");
  }

  @Test
  void aLongLegendIsAsHighAsItHasToBe() {
    var few = List.of("a", "b");
    var many = Collections.nCopies(30, "a method");
    assertEquals(ChartStyle.WIDTH, ChartStyle.width(few));
    assertEquals(ChartStyle.HEIGHT, ChartStyle.height(few));
    assertTrue(ChartStyle.width(many) > ChartStyle.WIDTH);
    assertTrue(ChartStyle.height(many) >= 30 * 20);
  }

  @ParameterizedTest
  @ValueSource(ints = {10, 90, 400})
  void aTitleIsNoWiderThanTheChart(int letters) {
    var chart = new XYChartBuilder().width(ChartStyle.WIDTH).title("n".repeat(letters)).build();
    ChartStyle.apply(chart, List.of());
    var font = chart.getStyler().getChartTitleFont();
    var width =
        font.getStringBounds(chart.getTitle(), new FontRenderContext(null, true, true)).getWidth();
    assertTrue(width < ChartStyle.WIDTH, width + " pixels at " + font.getSize());
    assertEquals(letters == 10, font.getSize() == 13);
    assertEquals(letters == 400, chart.getTitle().endsWith(" …"));
  }

  @Test
  void axesNameMeasureUnitAndDirection() {
    var chart = results.plot().x("budget").y(ERROR).where("items", 10).byArm();
    assertEquals("budget", chart.getXAxisTitle());
    assertEquals("error [m] ↓ with 95 % interval", chart.getYAxisTitle());
    assertEquals(List.of("full", "coarse"), legend(chart));
  }

  @Test
  void eachCombinationOfTheOtherSettingsHasItsLine() {
    var chart = results.plot().x("budget").y(ERROR).byArm();
    assertTrue(chart.getSeries("coarse, items=20").isShowInLegend());
    assertEquals(3, chart.getSeries("full, items=10").getXData().length);
  }

  private Results sizes() {
    return ToyStudy.on("flatland")
        .compare(new Estimator("mean-3", 0.1, 0.3, 3), new Estimator("mean-2", 0.5, 0.3, 2))
        .compare(new Estimator("median-2", 0.3, 0.2, 2.5))
        .storedIn(folder)
        .vary("items", 10, 20)
        .run();
  }

  static List<String> legend(XYChart chart) {
    return chart.getSeriesCollection().stream()
        .filter(series -> series.isShowInLegend())
        .map(series -> series.getName())
        .toList();
  }

  @Test
  void overAMeasureALineJoinsTheArmsOfASeries() throws Exception {
    var chart = sizes().where("items", 10).plot().x(ENERGY).y(ERROR).byArm();
    assertEquals(List.of("mean", "median-2"), legend(chart));
    assertArrayEquals(new double[] {20, 30}, chart.getSeries("mean").getXData());
    assertTrue(chart.getTitle().endsWith("items=10"), chart.getTitle());
    drawn(chart);
  }

  @Test
  void theArmsOfASeriesAreJoinedAtEachCombinationOfSettings() {
    var chart = sizes().plot().x(ENERGY).y(ERROR).byArm();
    assertEquals(List.of("mean, items=10", "mean, items=20", "median-2"), legend(chart));
    assertArrayEquals(new double[] {40, 60}, chart.getSeries("mean, items=20").getXData());
    assertArrayEquals(new double[] {25, 50}, chart.getSeries("median-2").getXData());
  }

  @Test
  void pointsOfASeriesShareAColour() throws Exception {
    var chart = sizes().plot().x(ENERGY).y(ERROR).pareto();
    assertEquals(List.of("Pareto front", "mean", "median-2"), legend(chart));
    assertEquals(4, chart.getSeries("mean").getXData().length);
    drawn(chart);
  }

  @Test
  void theBandHoldsTheLine() {
    var chart = results.plot().x("budget").y(ERROR).where("items", 20).byArm();
    double[] line = chart.getSeries("coarse").getYData();
    double[] band = chart.getSeries("coarse interval").getYData();
    for (int i = 0; i < line.length; i++) {
      assertTrue(band[i] > line[i] && band[band.length - 1 - i] < line[i]);
    }
  }

  /// On the front no point beats another in both measures, and every point off it is beaten by one
  /// on it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void theFrontIsWhatNothingDominates(long seed) {
    var cost = Measure.lower("cost", "");
    var gain = Measure.higher("gain", "");
    var random = RandomStream.of(seed, "front");
    var rows =
        IntStream.range(0, 40)
            .mapToObj(i -> row("arm " + i, random.nextInt(8), random.nextInt(8)))
            .toList();
    var setup =
        new Setup(
            "Toy",
            results.setup().subject(),
            results.setup().material(),
            Scale.LAPTOP,
            1,
            List.of(cost, gain));
    var all = new Results(setup, rows);
    var points = Summary.of(all);
    var front = new ParetoPlot(all, cost, gain, false, false).front(points);
    assertFalse(front.isEmpty());
    for (Summary point : points) {
      boolean beaten =
          front.stream()
              .anyMatch(other ->
                  other.mean(cost) <= point.mean(cost)
                      && other.mean(gain) >= point.mean(gain)
                      && (other.mean(cost) < point.mean(cost)
                          || other.mean(gain) > point.mean(gain)));
      assertEquals(front.contains(point), !beaten, "seed " + seed + ", " + point);
    }
  }

  private static Row row(String arm, double cost, double gain) {
    var samples = new LinkedHashMap<String, Sample>();
    samples.put("cost", new Sample(cost, List.of()));
    samples.put("gain", new Sample(gain, List.of()));
    return new Row(
        "", arm, arm, Settings.NONE, 1, samples, Ledger.NONE, Optional.empty(), Set.of());
  }

  @Test
  void aMissingFontIsOneSentence() {
    missing(() -> new String[] {"Serif", "Monospaced"});
    missing(() -> {
      throw new InternalError("java.lang.reflect.InvocationTargetException");
    });
    missing(() -> {
      throw new RuntimeException("Fontconfig head is null, check your fonts configuration");
    });
  }

  private static void missing(java.util.function.Supplier<String[]> families) {
    var e = assertThrows(IllegalStateException.class, () -> ChartStyle.requireFont(families));
    assertTrue(e.getMessage().contains("fonts-dejavu-core and libfontconfig1"), e.getMessage());
  }

  @Test
  void mistakesAreOneSentence() {
    var plot = results.plot();
    complains("on x", () -> plot.y(ERROR).byArm());
    complains("on y", () -> plot.x("budget").byArm());
    complains("was not swept, only [budget, items]", () -> plot.x("shape"));
    complains("was not measured", () -> plot.y(Measure.lower("luck", "")));
    complains("needs a measure on x", () -> plot.x("budget").y(ERROR).pareto());
    complains("choose with only", () -> plot.x("budget").y("items").heat(ERROR));
    complains("There is no trial where budget=7", () -> plot.where("budget", 7));
    complains("There is no trial of fill", () -> plot.only("fill"));
    var free =
        ToyStudy.on("flatland").compare(new Estimator("free", 0, 0, 0)).storedIn(folder).run();
    complains("'free' reaches 0", () -> free.plot().x(ERROR).y(ENERGY).logY().byArm());
    complains("drop logX()", () -> free.plot().x(ENERGY).y(ERROR).logX().pareto());
    complains("not over 'energy'", () -> plot.x(ENERGY).y(ERROR).bars());
  }

  private static void complains(String about, org.junit.jupiter.api.function.Executable mistake) {
    var e = assertThrows(RuntimeException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
  }
}
