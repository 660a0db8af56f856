package org.recollect.retrieval.role;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.recollect.data.Library;
import org.recollect.data.Passage;

/// What the words of a library are like: how many passages have them, and whether they are ever
/// written small. Immutable.
final class Lexicon {
  /// A word that more passages have than this share is no answer.
  private static final double COMMON = 0.05;

  private final int passages;
  private final Map<String, Integer> having = new HashMap<>();
  private final HashSet<String> small = new HashSet<>();

  Lexicon(Library library) {
    var all = library.passages();
    passages = all.size();
    for (Passage passage : all) {
      var words = Words.of(passage.text());
      new HashSet<>(words.stream().map(word -> word.toLowerCase(Locale.ROOT)).toList())
          .forEach(word -> having.merge(word, 1, Integer::sum));
      words.stream().filter(word -> !Words.isName(word)).forEach(small::add);
    }
  }

  /// Whether the first word of a sentence is a name, and not just written large because it stands
  /// there.
  boolean opensWithName(String word) {
    return Words.isName(word) && !small.contains(word.toLowerCase(Locale.ROOT));
  }

  boolean common(String word) {
    return having.getOrDefault(word.toLowerCase(Locale.ROOT), 0) > COMMON * passages;
  }

  /// `log(1 + passages / (1 + passages with the word))`, the weight of a word that is shared.
  double weight(String word) {
    return Math.log(1 + passages / (1.0 + having.getOrDefault(word.toLowerCase(Locale.ROOT), 0)));
  }

  /// The names in a sentence, and the single words that are rare enough to say something.
  List<Span> spans(List<String> words) {
    var spans = new java.util.ArrayList<Span>();
    int at = 0;
    while (at < words.size()) {
      int end = at;
      while (end < words.size() && isName(words, end)) {
        end++;
      }
      if (end > at) {
        spans.add(new Span(at, end));
        at = end;
      } else {
        if (!common(words.get(at))) {
          spans.add(new Span(at, at + 1));
        }
        at++;
      }
    }
    return spans;
  }

  /// Whether a word of a sentence is a name.
  boolean isName(List<String> words, int at) {
    return at == 0 ? opensWithName(words.get(0)) : Words.isName(words.get(at));
  }
}
