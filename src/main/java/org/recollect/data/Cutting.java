package org.recollect.data;

import java.util.ArrayList;
import java.util.List;

/// Cuts a text into parts of so many words.
final class Cutting {
  private Cutting() {}

  /// Parts in order, none of them blank, that together have all words of the text.
  static List<String> of(String text, int words) {
    var parts = new ArrayList<String>();
    var part = new StringBuilder();
    int held = 0;
    for (String piece : pieces(text, words)) {
      int more = words(piece);
      if (held > 0 && held + more > words) {
        parts.add(part.toString().strip());
        part.setLength(0);
        held = 0;
      }
      part.append(piece);
      held += more;
    }
    if (held > 0) {
      parts.add(part.toString().strip());
    }
    return parts;
  }

  /// Lines and sentences with the space behind them; those that are too long, word by word.
  private static List<String> pieces(String text, int words) {
    var pieces = new ArrayList<String>();
    for (String piece : text.split("(?<=[.!?]\\s)|(?<=\\n)")) {
      pieces.addAll(
          words(piece) <= words ? List.of(piece) : List.of(piece.split("(?<=\\s)(?=\\S)")));
    }
    return pieces;
  }

  private static int words(String text) {
    return text.isBlank() ? 0 : text.strip().split("\\s+").length;
  }
}
