package org.recollect.lab;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import tech.tablesaw.api.DoubleColumn;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.LongColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// Results as tables: one to read, one to compute with.
final class ResultsTable {
  private static final int COLUMNS = 7;
  private static final String COST = "cost of a trial";

  private final Results results;

  ResultsTable(Results results) {
    this.results = results;
  }

  /// One line for each arm and combination of settings.
  ///
  /// @param chosen those that do not fit are named in the caption
  Table summary(List<Measure> chosen) {
    var summaries = Summary.of(results);
    var columns = new ArrayList<Column<?>>();
    columns.add(text("arm", summaries, Summary::arm));
    columns.addAll(settings(summaries, chosen.size()));
    int room = COLUMNS - 1 - columns.size();
    var shown = chosen.subList(0, Math.min(room, chosen.size()));
    for (Measure measure : shown) {
      columns.add(
          text(
              measure.header(),
              summaries,
              summary ->
                  Rounding.withSpread(
                      summary.mean(measure), summary.spread(measure), measure.digits())));
    }
    columns.add(text(COST, summaries, summary -> summary.cost().toString()));
    return Table.create(
        caption(spread() + hidden(chosen.subList(shown.size(), chosen.size()))), columns);
  }

  /// One line for each arm and one column for each value of a setting, what else is swept being
  /// averaged over; a setting that an arm ignores shows the same value in each.
  Table across(String setting, Measure measure) {
    var summaries = Summary.of(results);
    var columns = new ArrayList<Column<?>>();
    var arms = summaries.stream().map(Summary::arm).distinct().toList();
    columns.add(StringColumn.create("arm", arms));
    summaries.stream()
        .map(summary -> summary.settings().values().get(setting))
        .distinct()
        .forEach(value ->
            columns.add(
                text(Settings.show(value), arms, arm -> mean(arm, setting, value, measure))));
    return Table.create(
        measure.header() + " by " + setting + ": " + caption(asides().isEmpty() ? "" : spread()),
        columns);
  }

  private String mean(String arm, String setting, Object value, Measure measure) {
    var rows =
        results.rows().stream()
            .filter(row -> row.arm().equals(arm) && !row.failed())
            .filter(row -> value.equals(row.settings().values().get(setting)))
            .toList();
    if (rows.isEmpty()) {
      return "";
    }
    var summary = new Summary(arm, Settings.NONE, rows);
    return Rounding.withSpread(summary.mean(measure), 0, measure.digits());
  }

  /// The swept settings: a column each while there is room, otherwise all of them in one.
  private List<Column<?>> settings(List<Summary> summaries, int measures) {
    var swept = results.swept().stream().filter(results::varies).toList();
    if (swept.size() > 1 && 1 + swept.size() + measures + 1 > COLUMNS) {
      return List.of(
          text("settings", summaries, summary -> summary.settings().only(swept::contains) + ""));
    }
    return swept.stream()
        .<Column<?>>map(name ->
            text(name, summaries, summary -> Settings.show(summary.settings().values().get(name))))
        .toList();
  }

  private String spread() {
    return results.setup().seeds() > 1 ? "; ± is the standard deviation over seeds" : "";
  }

  private static String hidden(List<Measure> measures) {
    return measures.isEmpty()
        ? ""
        : measures.stream()
            .map(Measure::name)
            .collect(Collectors.joining(", ", "; not shown: ", ""));
  }

  /// @param notes on the figures
  private String caption(String notes) {
    var caption = new StringBuilder(results.toString()).append(notes);
    var failures = results.failures();
    if (!failures.isEmpty()) {
      caption.append("; %d of %d trials failed".formatted(failures.size(), results.rows().size()));
      failures.stream()
          .collect(
              Collectors.groupingBy(
                  row -> row.arm() + ": " + row.error().orElseThrow(),
                  LinkedHashMap::new,
                  Collectors.counting()))
          .forEach((failure, count) -> caption.append("; ").append(failure));
    }
    return caption.append(asides()).toString();
  }

  /// A second line of the caption, where there are asides.
  private String asides() {
    var finished = results.rows().stream().filter(row -> !row.failed()).toList();
    return finished.isEmpty() || results.setup().asides().isEmpty()
        ? ""
        : results.setup().asides().stream()
            .map(measure -> measure.name() + " " + overSeeds(measure, finished))
            .collect(Collectors.joining(", ", "\n", ""));
  }

  private static String overSeeds(Measure measure, List<Row> rows) {
    var seeds =
        rows.stream().collect(Collectors.groupingBy(Row::seed)).values().stream()
            .mapToDouble(seed -> new Summary("", Settings.NONE, seed).mean(measure))
            .toArray();
    return Rounding.withSpread(
        measure.average().of(seeds), Summary.spread(seeds), measure.digits());
  }

  /// One line for each trial, failed ones too, with plain numbers.
  Table longForm() {
    var rows = results.rows();
    var columns = new ArrayList<Column<?>>();
    columns.add(text("arm", rows, Row::arm));
    columns.add(text("series", rows, Row::series));
    results.swept().forEach(name -> columns.add(setting(name)));
    columns.add(IntColumn.create("seed", rows.stream().mapToInt(Row::seed).toArray()));
    for (Measure measure : results.setup().measures()) {
      columns.add(
          numbers(
              measure.name(),
              row -> {
                Sample sample = row.samples().get(measure.name());
                return sample == null ? Double.NaN : sample.value();
              }));
    }
    columns.add(numbers("spent seconds", row -> row.ledger().seconds()));
    columns.add(counts("spent tokens", row -> row.ledger().tokens()));
    columns.add(counts("spent bytes", row -> row.ledger().bytes()));
    columns.add(numbers("spent FLOP", row -> row.ledger().flop()));
    columns.add(counts("spent calls", row -> row.ledger().modelCalls()));
    columns.add(text("failure", rows, row -> row.error().orElse("")));
    columns.add(text("trial", rows, Row::trial));
    return Table.create(results.toString(), columns);
  }

  private Column<?> setting(String name) {
    boolean numeric = results.rows().stream().allMatch(row -> value(row, name) instanceof Double);
    return numeric
        ? numbers(name, row -> row.settings().number(name))
        : text(name, results.rows(), row -> Settings.show(value(row, name)));
  }

  private static Object value(Row row, String setting) {
    return row.settings().values().getOrDefault(setting, "");
  }

  private DoubleColumn numbers(String name, ToDoubleFunction<Row> content) {
    return DoubleColumn.create(name, results.rows().stream().mapToDouble(content).toArray());
  }

  private LongColumn counts(String name, ToLongFunction<Row> content) {
    return LongColumn.create(name, results.rows().stream().mapToLong(content).toArray());
  }

  private static <T> StringColumn text(String name, List<T> lines, Function<T, String> content) {
    return StringColumn.create(name, lines.stream().map(content).toList());
  }
}
