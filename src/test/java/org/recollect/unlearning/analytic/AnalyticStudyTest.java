package org.recollect.unlearning.analytic;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.tensor.RandomStream;
import org.recollect.train.Classification;
import org.recollect.unlearning.vision.PictureLearner;
import org.recollect.unlearning.vision.VisionMeasures;

class AnalyticStudyTest {
  @TempDir Path store;

  private AnalyticStudy study() {
    var letters = Glyphs.of("ABC");
    var others = Glyphs.of("XYZTLO");
    return AnalyticStudy.of(
            PictureLearner.convNet().taughtBy(Classification.ofConvNet().epochs(2)),
            LabelledPictures.draw(letters, GlyphStyle.MIXED, Split.TRAIN, 20, 1))
        .learning(
            LabelledPictures.draw(others, GlyphStyle.MIXED, Split.TRAIN, 20, 1),
            LabelledPictures.draw(others, GlyphStyle.MIXED, Split.TEST, 10, 1))
        .perTask(2)
        .forgetting(new Deletions(4, 0.05, 0.1, 2))
        .vary("features", 64)
        .storedIn(store);
  }

  private static double value(Results results, String arm, int request, Measure measure) {
    return results.where("request", request).rows().stream()
        .filter(row -> row.arm().equals(arm))
        .findFirst()
        .orElseThrow()
        .samples()
        .get(measure.name())
        .value();
  }

  @Test
  void exactMethodsStayAtTheOracleRequestAfterRequestAndTheOthersDoNot() {
    var exact = List.of(Analytic.acu(), Analytic.acuKeepingSums(), Analytic.sums());
    var results =
        study()
            .compare(exact)
            .compare(Analytic.ascent(0.1), Analytic.fineTuning(0.3), Analytic.negGradPlus(0.1, 0.9))
            .compare(Analytic.sisa(2))
            .vary("request", 1, 2, 3, 4, 5, 6)
            .run();
    assertEquals(List.of(), results.failures());
    for (String arm : results.arms()) {
      assertEquals(0, value(results, arm, 1, AnalyticMeasures.DEVIATION_GROWTH), arm);
      assertEquals(
          value(results, arm, 6, AnalyticMeasures.LOG_DEVIATION)
              - value(results, arm, 1, AnalyticMeasures.LOG_DEVIATION),
          value(results, arm, 6, AnalyticMeasures.DEVIATION_GROWTH),
          1e-12,
          arm);
    }
    for (int request = 1; request <= 6; request++) {
      for (var arm : exact) {
        double deviation = value(results, arm.name(), request, AnalyticMeasures.LOG_DEVIATION);
        assertTrue(deviation < -9, arm.name() + " at " + request + ": " + deviation);
        assertEquals(0, value(results, arm.name(), request, AnalyticMeasures.DISAGREEMENT));
      }
      for (String arm : List.of("ascent", "fine-tuning", "NegGrad+", "SISA", "full head")) {
        double deviation = value(results, arm, request, AnalyticMeasures.LOG_DEVIATION);
        assertTrue(deviation > -6, arm + " at " + request + ": " + deviation);
      }
      assertEquals(-17, value(results, "retrain head", request, AnalyticMeasures.LOG_DEVIATION));
      assertEquals(
          100, value(results, "retrain head", request, AnalyticMeasures.REQUEST_COST), 1e-9);
      assertEquals(0, value(results, "full head", request, AnalyticMeasures.REQUEST_COST));
    }
    // The last two requests are for classes, of which only the full head knows still.
    assertEquals(0, value(results, "ACU", 6, VisionMeasures.FORGET_ACCURACY));
    assertEquals(0, value(results, "ascent", 6, VisionMeasures.FORGET_ACCURACY));
    assertEquals(0, value(results, "SISA", 6, VisionMeasures.FORGET_ACCURACY));
    assertTrue(value(results, "full head", 6, VisionMeasures.FORGET_ACCURACY) > 0.5);
  }

  @Test
  void theSameTrialsGiveTheSameRowsWhateverRanBefore() {
    var acu = study().compare(Analytic.acu(), Analytic.negGradPlus(0.1, 0.9));
    var forwards = acu.vary("request", 2, 6).run();
    var again = acu.vary("request", 2, 6).afresh().run();
    assertEquals(forwards.reproducible(), again.reproducible());
    // The last requests first: nothing to go on from.
    var backwards = acu.vary("request", 6, 2).afresh().run();
    for (String arm : List.of("ACU", "NegGrad+")) {
      for (int request : new int[] {2, 6}) {
        assertEquals(
            value(forwards, arm, request, AnalyticMeasures.LOG_DEVIATION),
            value(backwards, arm, request, AnalyticMeasures.LOG_DEVIATION));
      }
    }
  }

  @Test
  void everyArmIsTimedBesideTheRefitInEveryRound() {
    var times = study().compare(Analytic.acu(), Analytic.sisa(2)).times(2);
    assertEquals(List.of("retrain head", "ACU", "SISA"), List.copyOf(times.millis().keySet()));
    for (double[][] rounds : times.millis().values()) {
      assertEquals(2, rounds.length);
      for (double[] requests : rounds) {
        assertEquals(6, requests.length);
        assertTrue(Arrays.stream(requests).allMatch(took -> took > 0));
      }
    }
    assertEquals(3, times.cumulative().getSeriesCollection().size());
    var table = times.table(1, 6);
    assertEquals("1.00 [1.00, 1.00]", table.getString(0, "6, by a refit's"));
    assertThrows(IllegalArgumentException.class, () -> times.table(7));
    assertThrows(IllegalArgumentException.class, () -> study().times(0));
  }

  /// Two rounds of two requests: 1 and 3 ms beside 10 and 10, then 2 and 6 beside 10 and 20.
  @Test
  void timesAreWorkedByHand() {
    var millis = new LinkedHashMap<String, double[][]>();
    millis.put("retrain head", new double[][] {{10, 10}, {10, 20}});
    millis.put("ours", new double[][] {{1, 3}, {2, 6}});
    var times = new HeadTimes(millis);
    var table = times.table(2);
    assertEquals("4.50 [3.75, 5.25]", table.getString(1, "request 2 [ms]"));
    assertEquals("0.30 [0.30, 0.30]", table.getString(1, "2, by a refit's"));
    assertEquals("0.25 [0.18, 0.30]", table.getString(1, "all, by a refit's"));
    var sums = times.cumulative().getSeries("ours").getYData();
    assertArrayEquals(new double[] {1.5, 6}, sums, 1e-12);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void requestsNeverAskTwiceAndEndWithWholeClasses(long seed) {
    int[] labels = IntStream.range(0, 300).map(i -> i / 50).toArray();
    var deletions = Deletions.ofSamples(20).thenClasses(3).draw(labels, seed);
    assertEquals(23, deletions.size());
    var gone = new ArrayList<Integer>();
    int left = 300;
    for (int i = 0; i < 20; i++) {
      int count = deletions.get(i).samples().length;
      assertTrue(count >= Math.floor(0.01 * left) && count <= Math.ceil(0.05 * left), "" + seed);
      assertEquals(OptionalInt.empty(), deletions.get(i).label());
      left -= count;
    }
    deletions.forEach(deletion -> Arrays.stream(deletion.samples()).forEach(gone::add));
    assertEquals(gone.size(), gone.stream().distinct().count(), "seed " + seed);
    for (var ofClass : deletions.subList(20, 23)) {
      int label = ofClass.label().getAsInt();
      long there = IntStream.range(0, 300).filter(i -> labels[i] == label).count();
      assertEquals(there, gone.stream().filter(i -> labels[i] == label).count(), "seed " + seed);
    }
  }

  @Test
  void sumsAreWorkedByHand() {
    var sums = new RidgeSums(1, 2);
    sums.add(new Labelled(new double[][] {{1}, {2}}, 1, 0));
    assertArrayEquals(new double[] {2.0 / 6, 1.0 / 6}, sums.weights(1)[0], 1e-15);
    sums.subtract(new Labelled(new double[][] {{1}}, 1));
    assertArrayEquals(new double[] {2.0 / 5, 0}, sums.weights(1)[0], 1e-15);
  }

  @Test
  void operationsAreWorkedByHand() {
    var cost = new HeadCost(3, 2);
    assertEquals(2 * 10 * 3 * 5, cost.sums(10));
    assertEquals(9 + 2 * 9 * 2, cost.solving());
    assertEquals(cost.sums(10) + cost.solving(), cost.refit(10));
    assertEquals(9 + 9 * 2, cost.refusal());
    // One sample: X R, its overlap, a factor, residual, two halves, and two products.
    assertEquals(18 + 6 + 1 / 3.0 + 12 + 5 + 18 + 12, cost.update(1), 1e-12);
    assertEquals(cost.update(200) + cost.update(1), cost.update(201));
    assertEquals(4 * 7 * 6, cost.gradient(7));
    assertEquals(20, new NegGradPlus(2, 1, 0.5).shown(3, 7));
  }

  @Test
  void whatWasNeverInIsRefusedAndServedNoFurther() {
    var random = RandomStream.of(1, "rows");
    var rows = new double[30][8];
    for (double[] row : rows) {
      Arrays.setAll(row, f -> random.nextGaussian());
    }
    int[] labels = IntStream.range(0, 30).map(i -> i / 10).toArray();
    var course = new Course(new Labelled(rows, labels), 3, 1, 1, 1);
    try (var acu = Analytic.acu().begin(course)) {
      var request = new Deletion(new int[] {0, 1}, OptionalInt.empty());
      int[] left = IntStream.range(2, 30).toArray();
      acu.serve(request, left);
      double[][] before = acu.weights();
      // A sample of length 100 among some of length 3 cannot have been in.
      rows[0] = new double[] {100, 0, 0, 0, 0, 0, 0, 0};
      var refusal = assertThrows(IllegalArgumentException.class, () -> acu.serve(request, left));
      assertTrue(refusal.getMessage().contains("cannot all have been learned"));
      assertArrayEquals(before, acu.weights());
    }
  }

  @Test
  void badInputIsNamed() {
    assertThrows(IllegalArgumentException.class, () -> Deletions.ofSamples(0));
    assertThrows(IllegalArgumentException.class, () -> new Deletions(1, 0, 0.1, 0));
    var all = Deletions.ofSamples(1).thenClasses(2);
    assertThrows(IllegalArgumentException.class, () -> all.draw(new int[] {0, 0, 1, 1, 2, 2}, 1));
    assertThrows(IllegalArgumentException.class, () -> study().perTask(0));
    var far = study().compare(Analytic.acu()).vary("request", 7).run().failures();
    assertTrue(far.getFirst().error().orElseThrow().contains("counts from 1 to 6"), far.toString());
  }

  @Test
  void theGradientMethodsHaveTheSameBudget() {
    var variants = Analytic.variants();
    for (String series : List.of("ascent", "fine-tuning", "NegGrad+")) {
      assertEquals(6, variants.stream().filter(each -> each.series().equals(series)).count());
    }
    var few = variants.stream().filter(each -> !each.name().endsWith("0.99")).toList();
    var trials = study().compare(few).vary("request", 2).run();
    var tuned = Analytic.tuned(trials);
    assertEquals(
        List.of("ascent", "fine-tuning", "NegGrad+"),
        tuned.stream().map(DescentEraser::name).toList());
    for (var arm : tuned) {
      var deviations =
          few.stream()
              .filter(each -> each.series().equals(arm.name()))
              .mapToDouble(each -> value(trials, each.name(), 2, AnalyticMeasures.LOG_DEVIATION));
      var won = few.stream().filter(each -> each.method().equals(arm.method())).findFirst();
      String name = won.orElseThrow().name();
      assertEquals(
          deviations.min().getAsDouble(), value(trials, name, 2, AnalyticMeasures.LOG_DEVIATION));
    }
    var none = study().compare(Analytic.sums()).vary("request", 1).run();
    assertThrows(IllegalArgumentException.class, () -> Analytic.tuned(none));
  }
}
