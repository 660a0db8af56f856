package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.tensor.RandomStream;

class RulerTest {

  private static final ToIntFunction<String> WORDS =
      text -> (int) Arrays.stream(text.split("\\s+")).filter(word -> !word.isEmpty()).count() + 1;

  private static Ruler of(Ruler.Task task) {
    return switch (task) {
      case FACTS -> Ruler.facts();
      case TRACKING -> Ruler.tracking();
      case COMMON_WORD -> Ruler.commonWord();
    };
  }

  /// Whoever reads the context can answer: here by searching, following and counting.
  @ParameterizedTest
  @EnumSource(Ruler.Task.class)
  void theContextAnswersEachQuestion(Ruler.Task task) {
    for (long seed = 0; seed < 40; seed++) {
      for (var item : of(task).items(3, 400, WORDS, RandomStream.of(seed, "ruler"))) {
        var lines = item.contextText().lines().filter(line -> !line.isEmpty()).toList();
        for (var question : item.questions()) {
          assertEquals(question.answer(), answer(task, question.query(), lines), "seed " + seed);
        }
      }
    }
  }

  private static String answer(Ruler.Task task, String query, List<String> lines) {
    return switch (task) {
      case FACTS ->
          lines.stream()
              .filter(line -> line.startsWith(query.strip() + " "))
              .map(line -> line.substring(query.strip().length()))
              .findFirst()
              .orElseThrow();
      case TRACKING -> {
        String name = query.strip().substring(3);
        while (true) {
          String alias = after("// " + name + " = ", lines);
          if (alias == null) {
            yield " " + after("// " + name + " ", lines);
          }
          name = alias;
        }
      }
      case COMMON_WORD ->
          lines.stream()
              .map(line -> line.substring("// word".length()))
              .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()))
              .entrySet()
              .stream()
              .max(Comparator.comparing(java.util.Map.Entry::getValue))
              .orElseThrow()
              .getKey();
    };
  }

  private static String after(String start, List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith(start))
        .map(line -> line.substring(start.length()))
        .findFirst()
        .orElse(null);
  }

  @ParameterizedTest
  @EnumSource(Ruler.Task.class)
  void itemsAreWithinTheirLengthAndTheSameForOneSeed(Ruler.Task task) {
    var items = of(task).items(5, 300, WORDS, RandomStream.of(3, "ruler"));
    assertEquals(items, of(task).items(5, 300, WORDS, RandomStream.of(3, "ruler")));
    assertEquals(items.subList(0, 2), of(task).items(2, 300, WORDS, RandomStream.of(3, "ruler")));
    for (var item : items) {
      int tokens =
          item.segments().stream().mapToInt(segment -> WORDS.applyAsInt(segment.text())).sum();
      assertTrue(tokens <= 300);
    }
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> of(task).items(1, 10, WORDS, RandomStream.of(3, "ruler")));
    assertTrue(refusal.getMessage().endsWith("10 are too few."), refusal.getMessage());
  }

  @Test
  void whatStandsEverywhereHasNoDepth() {
    assertEquals(
        "The words of 'common word' stand everywhere: vary the depth of another task.",
        assertThrows(IllegalArgumentException.class, () -> Ruler.commonWord().atDepth(0.5))
            .getMessage());
    assertEquals("facts", Ruler.facts().atDepth(1).name());
  }
}
