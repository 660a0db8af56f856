package org.recollect.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/// Results as CSV: a comment line with the setup, a header, one line for each trial. A reader that
/// skips lines with `#` sees a plain table, in which the items of a measure stand in one field with
/// blanks between them.
final class ResultsCsv {
  private static final String MARK = "# recollect-results-1 ";
  private static final List<String> LEDGER =
      List.of("spent seconds", "spent tokens", "spent bytes", "spent FLOP", "spent calls");

  private ResultsCsv() {}

  static String write(Results results) {
    var kinds = kinds(results);
    ObjectNode head = SetupJson.write(results.setup());
    head.set("settings", RowJson.MAPPER.valueToTree(kinds));
    var text = new StringBuilder(MARK + head + "\n");
    text.append(Csv.line(header(kinds.keySet(), results.setup().measures())));
    results.rows().forEach(row -> text.append(Csv.line(line(row, kinds, results))));
    return text.toString();
  }

  static Results read(String text) {
    int end = text.indexOf('\n');
    if (!text.startsWith(MARK) || end < 0) {
      throw new IllegalArgumentException("its first line does not begin with " + MARK.strip());
    }
    JsonNode head = RowJson.tree(text.substring(MARK.length(), end));
    Setup setup = SetupJson.read(head);
    var kinds = new LinkedHashMap<String, String>();
    RowJson.need(head, "settings")
        .properties()
        .forEach(entry -> kinds.put(entry.getKey(), entry.getValue().asText()));
    var lines = Csv.parse(text.substring(end + 1));
    var header = header(kinds.keySet(), setup.measures());
    var found = lines.isEmpty() ? List.<String>of() : lines.getFirst();
    boolean traced = found.contains("trial");
    boolean grouped = found.contains("series");
    // Older files lack the trial or the series.
    var expected = new ArrayList<>(header);
    expected.removeAll(traced ? List.of() : List.of("trial"));
    expected.removeAll(grouped ? List.of() : List.of("series"));
    if (!found.equals(expected)) {
      throw new IllegalArgumentException("its columns are not " + String.join(", ", header));
    }
    var rows = new ArrayList<Row>();
    for (var line : lines.subList(1, lines.size())) {
      if (line.size() != found.size()) {
        throw new IllegalArgumentException(
            "a line has %d fields, not %d".formatted(line.size(), found.size()));
      }
      rows.add(row(line.iterator(), traced, grouped, kinds, setup));
    }
    return new Results(setup, rows);
  }

  private static List<String> header(Set<String> settings, List<Measure> measures) {
    var header = new ArrayList<String>();
    header.add("trial");
    header.add("arm");
    header.add("series");
    header.addAll(settings);
    header.add("seed");
    measures.forEach(measure -> header.add(measure.name()));
    measures.forEach(measure -> header.add(measure.name() + " items"));
    header.addAll(LEDGER);
    header.add("failure");
    header.add("declared");
    return header;
  }

  private static List<String> line(Row row, LinkedHashMap<String, String> kinds, Results results) {
    var line = new ArrayList<String>();
    line.add(row.trial());
    line.add(row.arm());
    line.add(row.series());
    kinds.forEach((name, kind) -> line.add(text(kind, row.settings().values().get(name))));
    line.add(Integer.toString(row.seed()));
    var samples =
        results.setup().measures().stream()
            .map(measure -> Optional.ofNullable(row.samples().get(measure.name())))
            .toList();
    samples.forEach(sample -> line.add(sample.map(s -> Double.toString(s.value())).orElse("")));
    samples.forEach(sample -> line.add(sample.map(ResultsCsv::items).orElse("")));
    Ledger ledger = row.ledger();
    line.add(Double.toString(ledger.seconds()));
    line.add(Long.toString(ledger.tokens()));
    line.add(Long.toString(ledger.bytes()));
    line.add(Double.toString(ledger.flop()));
    line.add(Long.toString(ledger.modelCalls()));
    line.add(row.error().orElse(""));
    line.add(row.declared().stream().sorted().collect(Collectors.joining(" ")));
    return line;
  }

  private static Row row(
      Iterator<String> field,
      boolean traced,
      boolean grouped,
      LinkedHashMap<String, String> kinds,
      Setup setup) {
    String trial = traced ? field.next() : "";
    String arm = field.next();
    String series = grouped ? field.next() : arm;
    var settings = new LinkedHashMap<String, Object>();
    kinds.forEach((name, kind) -> settings.put(name, value(kind, field.next())));
    int seed = Integer.parseInt(field.next());
    var values = setup.measures().stream().map(measure -> field.next()).toList();
    var items = setup.measures().stream().map(measure -> field.next()).toList();
    var samples = new LinkedHashMap<String, Sample>();
    for (int i = 0; i < values.size(); i++) {
      if (!values.get(i).isEmpty()) {
        samples.put(
            setup.measures().get(i).name(),
            new Sample(Double.parseDouble(values.get(i)), items(items.get(i))));
      }
    }
    var ledger =
        new Ledger(
            Double.parseDouble(field.next()),
            Long.parseLong(field.next()),
            Long.parseLong(field.next()),
            Double.parseDouble(field.next()),
            Long.parseLong(field.next()));
    Optional<String> error = Optional.of(field.next()).filter(text -> !text.isEmpty());
    return new Row(
        trial,
        arm,
        series,
        new Settings(settings),
        seed,
        samples,
        ledger,
        error,
        words(field.next()));
  }

  /// What each setting holds, so that the text `2` does not come back as a number; `json` where it
  /// holds several kinds.
  private static LinkedHashMap<String, String> kinds(Results results) {
    var kinds = new LinkedHashMap<String, String>();
    for (Row row : results.rows()) {
      row.settings()
          .values()
          .forEach(
              (name, value) -> kinds.merge(name, kind(value), (a, b) -> a.equals(b) ? a : "json"));
    }
    return kinds;
  }

  private static String kind(Object value) {
    return switch (value) {
      case Double number -> "number";
      case Boolean flag -> "flag";
      default -> "text";
    };
  }

  private static String text(String kind, Object value) {
    return kind.equals("json")
        ? RowJson.MAPPER.valueToTree(value).toString()
        : String.valueOf(value);
  }

  private static Object value(String kind, String text) {
    return switch (kind) {
      case "number" -> Double.parseDouble(text);
      case "flag" -> Boolean.parseBoolean(text);
      case "json" -> RowJson.setting(text);
      default -> text;
    };
  }

  private static String items(Sample sample) {
    return sample.items().stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  private static List<Double> items(String text) {
    return text.isEmpty()
        ? List.of()
        : Arrays.stream(text.split(" ")).map(Double::parseDouble).toList();
  }

  private static Set<String> words(String text) {
    return text.isEmpty() ? Set.of() : Set.of(text.split(" "));
  }
}
