package org.recollect.unlearning.analytic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;
import org.recollect.lab.Curves;
import org.recollect.lab.Quartiles;
import org.recollect.lab.Round;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/// How long requests take until the new weights are there. The arms take turns at every request, so
/// that whatever else happens on the machine meets all of them, and start anew in each round.
///
/// Times are of the calling thread on a processor, and say something about this machine only; their
/// ratios to a refit's in the same round say more.
///
/// @param millis by arm, among them the refit `[rounds][requests]`
public record HeadTimes(SequencedMap<String, double[][]> millis) {

  /// @param left the places of what is left after each request
  /// @param rounds that count; one more goes before
  /// @throws IllegalArgumentException if there is no round, or no refit among the arms
  static HeadTimes of(
      List<HeadEraser> arms,
      Course course,
      List<Deletion> deletions,
      List<int[]> left,
      int rounds) {
    if (rounds < 1 || !arms.contains(HeadBound.RETRAINED)) {
      throw new IllegalArgumentException(
          "Times are told beside a refit's in one round or more, but there are %d rounds of %s."
              .formatted(rounds, arms.stream().map(HeadEraser::name).toList()));
    }
    var millis = new LinkedHashMap<String, double[][]>();
    arms.forEach(arm -> millis.put(arm.name(), new double[rounds][deletions.size()]));
    for (int round = -1; round < rounds; round++) {
      var paths = new ArrayList<HeadErasing>();
      try {
        arms.forEach(arm -> paths.add(arm.begin(course)));
        for (int number = 0; number < deletions.size(); number++) {
          for (int turn = 0; turn < arms.size(); turn++) {
            int next = (turn + number) % arms.size();
            double took = serve(paths.get(next), deletions.get(number), left.get(number));
            if (round >= 0) {
              millis.get(arms.get(next).name())[round][number] = took;
            }
          }
        }
      } finally {
        paths.forEach(HeadErasing::close);
      }
    }
    return new HeadTimes(millis);
  }

  private static double serve(HeadErasing path, Deletion request, int... left) {
    var round =
        Round.of(() -> {
          path.serve(request, left);
          path.weights();
        });
    return round.take().processor() / 1e6;
  }

  /// What all requests so far have taken, the median of the rounds summed up.
  public XYChart cumulative() {
    var curves = Curves.over("request", "thread CPU time of all requests so far [ms]");
    for (var arm : millis.entrySet()) {
      double[] sums =
          IntStream.range(0, requests()).mapToDouble(at -> median(arm.getValue(), at)).toArray();
      Arrays.parallelPrefix(sums, Double::sum);
      double[] numbers = IntStream.rangeClosed(1, sums.length).asDoubleStream().toArray();
      curves = curves.line(arm.getKey(), numbers, sums);
    }
    return curves.chart();
  }

  /// Times at some requests and, in the last column, over all: medians with quartiles, over rounds.
  ///
  /// @param numbers of requests, from 1
  /// @throws IllegalArgumentException if there are not as many requests
  public Table table(int... numbers) {
    var table = Table.create("thread CPU time of a request, median [quartiles] of rounds");
    table.addColumns(StringColumn.create("arm", millis.keySet()));
    for (int number : numbers) {
      if (number < 1 || number > requests()) {
        throw new IllegalArgumentException(
            "There are requests 1 to %d, but no request %d.".formatted(requests(), number));
      }
      table.addColumns(column("request %d [ms]".formatted(number), false, at -> at == number - 1));
      table.addColumns(column("%d, by a refit's".formatted(number), true, at -> at == number - 1));
    }
    table.addColumns(column("all, by a refit's", true, _ -> true));
    return table;
  }

  private StringColumn column(String name, boolean relative, IntPredicate wanted) {
    return StringColumn.create(
        name, millis.keySet().stream().map(arm -> show(times(arm, relative, wanted))));
  }

  /// The times of some requests in all rounds, or their ratios to the refit's.
  private double[] times(String arm, boolean relative, IntPredicate wanted) {
    double[][] own = millis.get(arm);
    double[][] refit = millis.get(HeadBound.RETRAINED.name());
    return IntStream.range(0, own.length)
        .boxed()
        .flatMapToDouble(round ->
            IntStream.range(0, requests())
                .filter(wanted)
                .mapToDouble(at -> own[round][at] / (relative ? refit[round][at] : 1)))
        .toArray();
  }

  private static double median(double[][] times, int request) {
    return Quartiles.of(Arrays.stream(times).mapToDouble(round -> round[request]).toArray())
        .median();
  }

  private static String show(double... times) {
    var quartiles = Quartiles.of(times);
    return String.format(
        Locale.ROOT, "%.2f [%.2f, %.2f]", quartiles.median(), quartiles.low(), quartiles.high());
  }

  private int requests() {
    return millis.firstEntry().getValue()[0].length;
  }
}
