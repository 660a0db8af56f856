package org.recollect.retrieval.llm;

import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// The forms of replies that several decisions ask for. Case, marks around a word and empty lines
/// are forgiven; whatever else is missing is malformed.
public final class ReplyForm {
  private static final String NONE = "NONE";
  private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

  private ReplyForm() {}

  /// The first word, which is YES or NO.
  ///
  /// @throws MalformedReply if it is neither
  public static boolean yesOrNo(Reply reply) {
    var first = line(reply).replaceAll("^\\W+", "").split("\\W", 2)[0].toUpperCase(Locale.ROOT);
    return switch (first) {
      case "YES" -> true;
      case "NO" -> false;
      default -> throw new MalformedReply("YES or NO", reply.text());
    };
  }

  /// The first line with any text.
  ///
  /// @throws MalformedReply if there is none
  public static String line(Reply reply) {
    return reply
        .text()
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .findFirst()
        .orElseThrow(() -> new MalformedReply("a line of text", reply.text()));
  }

  /// What stands behind a label at the beginning of a line, as in `ANSWER: Paris`; empty for NONE.
  ///
  /// @throws MalformedReply if no line begins so, or nothing stands there
  public static String field(String label, Reply reply) {
    var start = label.toLowerCase(Locale.ROOT) + ":";
    var said =
        reply
            .text()
            .lines()
            .map(line -> line.strip().replaceAll("^[*_#> -]+", ""))
            .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(start))
            .map(line -> line.substring(start.length()).replace("**", "").strip())
            .filter(rest -> !rest.isEmpty())
            .findFirst()
            .orElseThrow(() ->
                new MalformedReply(
                    "a line '%s: ...', with NONE where there is nothing".formatted(label),
                    reply.text()));
    return said.equalsIgnoreCase(NONE) ? "" : said;
  }

  /// The numbers in such a field, each once; none for NONE.
  ///
  /// @param most the largest that there can be, counting from 1
  /// @throws MalformedReply if there is no such line, or a number is out of range
  public static List<Integer> numbers(String label, int most, Reply reply) {
    var numbers =
        NUMBER
            .matcher(field(label, reply))
            .results()
            .map(result -> Integer.valueOf(result.group()))
            .distinct()
            .toList();
    if (numbers.stream().anyMatch(number -> number < 1 || number > most)) {
      throw new MalformedReply("numbers from 1 to " + most, reply.text());
    }
    return numbers;
  }
}
