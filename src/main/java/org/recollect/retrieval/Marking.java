package org.recollect.retrieval;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// How an answer is compared with those that count as right: without case, punctuation and articles
/// (Rajpurkar et al., "SQuAD", 2016, section 6.1).
final class Marking {
  private Marking() {}

  /// Whether the answer is one of those accepted.
  static boolean exact(String answer, List<String> accepted) {
    var said = words(answer);
    return !said.isEmpty() && accepted.stream().anyMatch(each -> words(each).equals(said));
  }

  /// Whether one of those accepted stands in the answer (Mallen et al., "PopQA", 2023).
  static boolean contains(String answer, List<String> accepted) {
    var said = " " + String.join(" ", words(answer)) + " ";
    return accepted.stream()
        .anyMatch(each -> said.contains(" " + String.join(" ", words(each)) + " "));
  }

  /// The largest F1 of shared words with one of those accepted, 0 to 1.
  static double f1(String answer, List<String> accepted) {
    return accepted.stream().mapToDouble(each -> f1(words(answer), words(each))).max().orElse(0);
  }

  private static double f1(List<String> said, List<String> wanted) {
    Map<String, Integer> left = new HashMap<>();
    wanted.forEach(word -> left.merge(word, 1, Integer::sum));
    int shared = 0;
    for (String word : said) {
      if (left.merge(word, -1, Integer::sum) >= 0) {
        shared++;
      }
    }
    return shared == 0 ? 0 : 2.0 * shared / (said.size() + wanted.size());
  }

  private static List<String> words(String text) {
    var plain = text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\s]", "");
    return List.of(plain.replaceAll("\\b(a|an|the)\\b", " ").strip().split("\\s+")).stream()
        .filter(word -> !word.isEmpty())
        .toList();
  }
}
