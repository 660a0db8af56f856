package org.recollect.notebook;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dflib.jjava.jupyter.messages.request.HistoryRequest;

/// The cells of this session, for consoles that offer earlier input. Mutable; kept in memory only.
final class CellHistory {
  /// The session under way; earlier ones are not kept.
  private static final int SESSION = 0;

  private record Entry(Cell cell, String output) {
    /// As the protocol writes it: session, number, and the input alone or with its output.
    List<Object> tuple(boolean withOutput) {
      Object text = withOutput ? Arrays.asList(cell.source(), output) : cell.source();
      return List.of(SESSION, cell.number(), text);
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  /// @param output the value as text, null where there was none
  synchronized void add(Cell cell, String output) {
    entries.add(new Entry(cell, output));
  }

  /// The entries that a front end asks for, oldest first.
  synchronized List<List<Object>> answer(HistoryRequest request) {
    List<Entry> found =
        switch (request) {
          case HistoryRequest.Tail tail -> last(entries, tail.getMaxReturnLength());
          case HistoryRequest.Range range -> range(range);
          case HistoryRequest.Search search -> search(search);
          default -> List.of();
        };
    return found.stream().map(entry -> entry.tuple(request.includeOutput())).toList();
  }

  private List<Entry> range(HistoryRequest.Range wanted) {
    Stream<Entry> session = wanted.getSessionIndex() == SESSION ? entries.stream() : Stream.of();
    return session
        .filter(e -> e.cell.number() >= wanted.getStart() && e.cell.number() < wanted.getStop())
        .toList();
  }

  private List<Entry> search(HistoryRequest.Search wanted) {
    Predicate<String> matches = glob(wanted.getPattern());
    var seen = new HashSet<String>();
    List<Entry> newestFirst =
        entries.reversed().stream()
            .filter(e -> matches.test(e.cell.source()))
            .filter(e -> !wanted.filterUnique() || seen.add(e.cell.source()))
            .toList();
    return last(newestFirst.reversed(), wanted.getMaxReturnLength());
  }

  private static List<Entry> last(List<Entry> all, int length) {
    return all.subList(Math.max(0, all.size() - Math.max(0, length)), all.size());
  }

  /// `*` stands for any text, `?` for any character.
  private static Predicate<String> glob(String pattern) {
    var regex = new StringBuilder();
    for (String part : pattern.splitWithDelimiters("[*?]", 0)) {
      regex.append(
          switch (part) {
            case "*" -> ".*";
            case "?" -> ".";
            default -> Pattern.quote(part);
          });
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL).asMatchPredicate();
  }
}
