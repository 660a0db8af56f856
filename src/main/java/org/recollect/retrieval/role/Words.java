package org.recollect.retrieval.role;

import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/// Sentences and words of English text.
final class Words {
  private static final Pattern WORD = Pattern.compile("[\\p{L}\\p{N}]+(?:['’-][\\p{L}\\p{N}]+)*");

  private Words() {}

  /// The words of a text as they are written.
  static List<String> of(String text) {
    return WORD.matcher(text).results().map(word -> word.group()).toList();
  }

  /// The same in lower case.
  static List<String> lower(String text) {
    return of(text.toLowerCase(Locale.ROOT));
  }

  static List<String> sentences(String text) {
    var breaks = BreakIterator.getSentenceInstance(Locale.ENGLISH);
    breaks.setText(text);
    var sentences = new ArrayList<String>();
    int from = breaks.first();
    for (int to = breaks.next(); to != BreakIterator.DONE; from = to, to = breaks.next()) {
      var sentence = text.substring(from, to).strip();
      if (!sentence.isEmpty()) {
        sentences.add(sentence);
      }
    }
    return sentences;
  }

  static boolean isName(String word) {
    int first = word.codePointAt(0);
    return Character.isUpperCase(first) || Character.isDigit(first);
  }

  /// Where a run of words begins in another, or -1.
  static int find(List<String> words, List<String> run) {
    return run.isEmpty() ? -1 : java.util.Collections.indexOfSubList(words, run);
  }
}
