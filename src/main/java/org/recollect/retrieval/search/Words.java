package org.recollect.retrieval.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.LowerCaseFilter;
import org.apache.lucene.analysis.tokenattributes.CharTermAttribute;
import org.apache.lucene.analysis.util.CharTokenizer;

/// The words of a text, for passages and questions alike: runs of letters, digits and the marks on
/// them, in lower case. A run of more than 255 characters counts as several words.
final class Words {
  static final Analyzer ANALYZER =
      new Analyzer() {
        @Override
        protected TokenStreamComponents createComponents(String field) {
          var words = CharTokenizer.fromTokenCharPredicate(Words::belongs);
          return new TokenStreamComponents(words, new LowerCaseFilter(words));
        }
      };

  private Words() {}

  static List<String> of(String text) {
    var words = new ArrayList<String>();
    try (var stream = ANALYZER.tokenStream("", text)) {
      var word = stream.addAttribute(CharTermAttribute.class);
      stream.reset();
      while (stream.incrementToken()) {
        words.add(word.toString());
      }
      stream.end();
    } catch (IOException impossible) {
      throw new UncheckedIOException("a text in memory is always read", impossible);
    }
    return words;
  }

  private static boolean belongs(int character) {
    return Character.isLetterOrDigit(character)
        || switch (Character.getType(character)) {
          case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK -> true;
          default -> false;
        };
  }
}
