package org.recollect.unlearning.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tartarus.snowball.ext.PorterStemmer;

/// The words of a text: runs of letters, marks and digits in lower case.
public final class Words {
  private static final Pattern BETWEEN = Pattern.compile("[^\\p{L}\\p{M}\\p{N}]+");

  /// ROUGE's reference scorer leaves words of up to three letters as they are.
  private static final int SHORT = 3;

  private Words() {}

  /// In their order.
  public static List<String> of(String text) {
    return spelled(text.toLowerCase(Locale.ROOT));
  }

  /// The same as the text spells them.
  public static List<String> spelled(String text) {
    return Arrays.stream(BETWEEN.split(text)).filter(word -> !word.isEmpty()).toList();
  }

  /// Without the endings of English words (Porter, "An algorithm for suffix stripping", 1980).
  static List<String> stems(String text) {
    var stemmer = new PorterStemmer();
    return of(text).stream()
        .map(word -> word.length() <= SHORT ? word : stem(stemmer, word))
        .toList();
  }

  private static String stem(PorterStemmer stemmer, String word) {
    stemmer.setCurrent(word);
    stemmer.stem();
    return stemmer.getCurrent();
  }
}
