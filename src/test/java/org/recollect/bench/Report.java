package org.recollect.bench;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Csv;
import org.recollect.lab.Quartiles;
import org.recollect.lab.Speedup;
import org.recollect.lab.Standing;
import org.recollect.lab.Standings;
import org.recollect.tensor.AtomicFile;

/// What the benchmarks found: printed as it comes in, and saved as CSV and plots. Mutable.
final class Report {

  private final Path folder;
  private final PrintStream out;
  private final Map<String, List<Standings>> found = new LinkedHashMap<>();
  private final List<Goal.Reached> reached = new ArrayList<>();

  /// @param folder that the files go to
  /// @param out that the tables are printed to
  Report(Path folder, PrintStream out) {
    this.folder = folder;
    this.out = out;
  }

  /// Prints what a contest of a benchmark measured, and saves all of that benchmark until now.
  void add(String benchmark, Standings standings) {
    out.println(table(standings));
    var all = found.computeIfAbsent(benchmark, _ -> new ArrayList<>());
    all.add(standings);
    write(benchmark + ".csv", csv(all));
    BenchPlot.of(benchmark, all).save(folder, benchmark);
  }

  /// Sets what was measured beside a goal, and saves all ratios until now.
  void reach(Goal goal, Speedup speedup) {
    reached.add(goal.by(speedup));
    write("ratios.csv", ratios(reached));
    write("spread.csv", spread(reached));
  }

  /// Every ratio with its goal, for the terminal.
  String goals() {
    var rows = new ArrayList<List<String>>();
    rows.add(List.of("ratio", "value", "quartiles", "by", "goal", "stretch", ""));
    for (var each : reached) {
      var speedup = each.speedup();
      rows.add(
          List.of(
              each.goal().ratio(),
              round(speedup.value()),
              between(speedup.spread()),
              speedup.clock().title(),
              round(each.goal().goal()),
              round(each.goal().stretch()),
              each.judgement()));
    }
    return TextTable.of(rows);
  }

  /// Columns `ratio,value,goal`.
  static String ratios(List<Goal.Reached> reached) {
    return lines(
        List.of("ratio", "value", "goal"),
        reached.stream()
            .map(each ->
                List.of(
                    each.goal().ratio(),
                    exact(each.speedup().value()),
                    exact(each.goal().goal()))));
  }

  /// The same with the quartiles of the ratio over sweeps, the clock and the stretch goal.
  static String spread(List<Goal.Reached> reached) {
    return lines(
        List.of("ratio", "value", "lower quartile", "upper quartile", "clock", "goal", "stretch"),
        reached.stream()
            .map(each ->
                List.of(
                    each.goal().ratio(),
                    exact(each.speedup().value()),
                    exact(each.speedup().spread().low()),
                    exact(each.speedup().spread().high()),
                    each.speedup().clock().title(),
                    exact(each.goal().goal()),
                    exact(each.goal().stretch()))));
  }

  /// A line for each contender of each contest; times in nanoseconds an operation.
  static String csv(List<Standings> all) {
    return lines(
        List.of(
            "contest,contender,operation,bytes,sweeps,cpu,cpu lower quartile,cpu upper quartile,wall,wall lower quartile,wall upper quartile"
                .split(",")),
        all.stream()
            .flatMap(standings ->
                standings.all().stream().map(standing -> csvLine(standings.contest(), standing))));
  }

  private static List<String> csvLine(Contest contest, Standing standing) {
    var cells = new ArrayList<String>();
    cells.add(contest.title());
    cells.add(standing.contender().name());
    cells.add(contest.operation());
    cells.add(exact(standing.contender().bytes()));
    cells.add(String.valueOf(standing.wall().length));
    for (var clock : Clock.values()) {
      var quartiles = standing.by(clock);
      cells.add(exact(quartiles.median()));
      cells.add(exact(quartiles.low()));
      cells.add(exact(quartiles.high()));
    }
    return cells;
  }

  private static String table(Standings standings) {
    var contest = standings.contest();
    var columns = new ArrayList<Column>();
    columns.add(new Column(contest.title(), standing -> standing.contender().name()));
    columns.add(
        new Column(
            "ns " + contest.clock().title(),
            standing -> round(standing.by(contest.clock()).median())));
    columns.add(new Column("quartiles", standing -> between(standing.by(contest.clock()))));
    if (contest.clock() == Clock.PROCESSOR) {
      columns.add(new Column("ns wall", standing -> round(standing.by(Clock.WALL).median())));
    }
    if (contest.contenders().stream().anyMatch(contender -> contender.bytes() > 0)) {
      columns.add(new Column("GB/s", standing -> round(standings.bandwidth(standing))));
      columns.add(new Column("of roof", standing -> percent(standings.ofRoof(standing))));
    }
    var rows = new ArrayList<List<String>>();
    rows.add(columns.stream().map(Column::title).toList());
    for (var standing : standings.all()) {
      rows.add(columns.stream().map(column -> column.cell().apply(standing)).toList());
    }
    return TextTable.of(rows) + "a " + contest.operation() + "\n";
  }

  private record Column(String title, Function<Standing, String> cell) {}

  private void write(String name, String text) {
    AtomicFile.write(folder.resolve(name), out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String lines(List<String> header, Stream<List<String>> rows) {
    return Stream.concat(Stream.of(header), rows).map(Csv::line).collect(Collectors.joining());
  }

  private static String between(Quartiles quartiles) {
    return round(quartiles.low()) + " to " + round(quartiles.high());
  }

  private static String percent(OptionalDouble share) {
    return share.isPresent() ? "%.0f %%".formatted(100 * share.getAsDouble()) : "";
  }

  /// Three significant digits.
  private static String round(double x) {
    int decimals = x >= 100 ? 0 : x >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%." + decimals + "f", x);
  }

  private static String exact(double x) {
    return String.format(Locale.ROOT, "%.6g", x);
  }
}
