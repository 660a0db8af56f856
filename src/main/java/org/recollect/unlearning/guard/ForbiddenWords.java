package org.recollect.unlearning.guard;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recollect.data.QaItem;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.measure.Words;
import org.tartarus.snowball.ext.PorterStemmer;

/// What must not be said in answer to a question: the content words of its answer, without stop
/// words and without the words of the question, which whoever asks knows already (inferred; an LLM
/// may choose them in the original).
final class ForbiddenWords {

  /// The English stop words of Snowball, as Lucene ships them.
  private static final String LIST = "org/apache/lucene/analysis/snowball/english_stop.txt";

  private static final Set<String> STOP_WORDS = stopWords();

  private ForbiddenWords() {}

  /// The words as the answer spells them, each once.
  static Set<String> of(QaItem item) {
    var asked = Set.copyOf(Words.of(item.question()));
    return Words.spelled(item.answer()).stream()
        .filter(word -> !isStopWord(word) && !asked.contains(lower(word)))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  static boolean isStopWord(String word) {
    return STOP_WORDS.contains(lower(word));
  }

  /// The tokens of words inside a sentence and at its beginning: as they are spelled, in lower case
  /// and capitalised. What a tokenizer cannot spell is left out.
  static List<int[]> sequences(Set<String> words, Tokenizer tokenizer) {
    return words.stream()
        .flatMap(word -> Stream.of(word, lower(word), capitalised(word)))
        .distinct()
        .flatMap(word -> Stream.of(" " + word, word))
        .filter(text -> tokenizer.decode(tokenizer.encode(text)).equals(text))
        .map(tokenizer::encode)
        .toList();
  }

  static String lower(String word) {
    return word.toLowerCase(Locale.ROOT);
  }

  private static String capitalised(String word) {
    int first = word.offsetByCodePoints(0, 1);
    return word.substring(0, first).toUpperCase(Locale.ROOT) + lower(word.substring(first));
  }

  /// A word a line, a bar before what is said of it.
  private static Set<String> stopWords() {
    var loader = PorterStemmer.class.getClassLoader();
    try (var list = loader.getResourceAsStream(LIST)) {
      return new String(Objects.requireNonNull(list, LIST).readAllBytes(), UTF_8)
          .lines()
          .map(line -> line.replaceFirst("\\|.*", "").strip())
          .filter(word -> !word.isEmpty())
          .collect(Collectors.toUnmodifiableSet());
    } catch (IOException unreadable) {
      throw new UncheckedIOException("Lucene's list of stop words cannot be read.", unreadable);
    }
  }
}
