package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Roofline.Point;
import tech.tablesaw.api.Table;

class RooflineTest {

  /// Far too short to mean anything.
  private static final Pace PACE = new Pace(1e-3, 1e-3, 0, 3);

  private static final Roofline MEASURED = Roofline.measure(256, PACE);

  private static Point point(String codec, double bytes, double nanoseconds, double speedup) {
    var times = new Quartiles(nanoseconds - 1, nanoseconds, nanoseconds + 1);
    var ratios = new Quartiles(speedup - 0.1, speedup, speedup + 0.1);
    return new Point(codec, bytes, times, new Speedup(speedup, ratios, Clock.PROCESSOR));
  }

  @Test
  void measuresFinitePositiveNumbers() {
    assertPositive(MEASURED.far(), "far");
    assertPositive(MEASURED.near(), "near");
    assertPositive(MEASURED.peak(), "peak");
    for (var point : MEASURED.points()) {
      assertPositive(point.nanoseconds().low(), point.codec());
      assertPositive(point.speed(), point.codec());
      assertPositive(point.speedup().value(), point.codec());
    }
  }

  @Test
  void bytesOfATokenAreThoseOfThePages() {
    Map<String, Double> expected =
        Map.of(
            "f32", 1024.0,
            "f16", 512.0,
            "bf16", 512.0,
            "int8", 260.0,
            "int4 g32", 160.0,
            "3-bit g32", 128.0,
            "2-bit g32", 96.0,
            "2-bit KIVI g32", 96.0,
            "2-D 4-bit K, 2-bit V", 68.0,
            "4-D 4-bit K, 2-bit V", 52.0);
    assertEquals(
        expected, MEASURED.points().stream().collect(Collectors.toMap(Point::codec, Point::bytes)));
    var decoding = Decoding.of(256, 1);
    try (var arena = Arena.ofConfined()) {
      for (var format : KeyValueFormat.ALL) {
        double held =
            PagedAttention.of(arena, format, decoding).steps().getFirst().pages().stream()
                .mapToLong(page -> page.keys().bytes() + page.values().bytes())
                .sum();
        double counted = 256 * format.bytes(Decoding.HEAD_DIM);
        assertTrue(held >= counted && held <= 1.1 * counted, format.name() + " holds " + held);
      }
    }
  }

  @Test
  void aTableHasALineForEachCodec() {
    // 2,048 operations a token: at 10 GB/s and 2 operations a byte no more than 20 a nanosecond.
    var roofline =
        new Roofline(
            4096, 10, 50, 160, List.of(point("f32", 1024, 128, 1), point("2-bit", 51.2, 25.6, 5)));
    var table = roofline.table();
    assertEquals(7, table.columnCount());
    assertEquals(
        List.of("f32", "1024", "2.0", "128.0 ± 1.0", "16", "80 %", "1.00 ± 0.10"), row(table, 0));
    assertEquals(
        List.of("2-bit", "51", "40.0", "25.6 ± 1.0", "80", "50 %", "5.00 ± 0.10"), row(table, 1));
    assertTrue(table.name().contains("roof: 10 GB/s, 160 GFLOP/s"), table.name());
  }

  @Test
  void theRoofRisesWithIntensityAndEndsAtThePeak() {
    var roofline = new Roofline(4096, 10, 50, 160, List.of(point("f32", 1024, 128, 1)));
    assertEquals(20, roofline.roof(2));
    assertEquals(160, roofline.roof(16));
    assertEquals(160, roofline.roof(100));
  }

  @Test
  void aPlotHasAPointForEachCodecBelowTwoRoofs() {
    var chart = MEASURED.plot();
    assertEquals(MEASURED.points().size() + 2, chart.getSeriesCollection().size());
    for (var point : MEASURED.points()) {
      var series =
          chart.getSeriesCollection().stream()
              .filter(each -> each.getName().equals(point.codec()))
              .findFirst()
              .orElseThrow();
      assertEquals(List.of(point.intensity()), boxed(series.getXData()));
      assertEquals(List.of(point.speed()), boxed(series.getYData()));
    }
    var roof =
        chart.getSeriesCollection().stream()
            .filter(series -> series.getName().startsWith("roof"))
            .toList();
    assertEquals(2, roof.size());
    for (var series : roof) {
      double[] ys = series.getYData();
      assertTrue(ys[0] <= ys[1] && ys[1] <= ys[2], series.getName());
    }
    assertTrue(chart.getStyler().isXAxisLogarithmic() && chart.getStyler().isYAxisLogarithmic());
  }

  private static List<String> row(Table table, int row) {
    return table.columns().stream().map(column -> column.getString(row)).toList();
  }

  private static List<Double> boxed(double[] numbers) {
    return Arrays.stream(numbers).boxed().toList();
  }

  private static void assertPositive(double number, String what) {
    assertTrue(number > 0 && Double.isFinite(number), what + ": " + number);
  }
}
