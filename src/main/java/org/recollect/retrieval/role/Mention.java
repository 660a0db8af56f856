package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Where a sentence speaks of a subject.
///
/// @param span the words that do, empty where none does
/// @param share of the subject's words that stand there
record Mention(Span span, double share) {

  /// The longest run of the sentence that is also a run of the subject's words; the last of equals,
  /// because family names come last.
  static Mention find(List<String> subject, List<String> words) {
    var best = new Span(0, 0);
    for (int from = 0; from < words.size(); from++) {
      for (int start = 0; start < subject.size(); start++) {
        int length = 0;
        while (from + length < words.size()
            && start + length < subject.size()
            && words.get(from + length).equalsIgnoreCase(subject.get(start + length))) {
          length++;
        }
        if (length > 0 && length >= best.to() - best.from()) {
          best = new Span(from, from + length);
        }
      }
    }
    return new Mention(best, (double) (best.to() - best.from()) / Math.max(1, subject.size()));
  }

  boolean whole() {
    return share == 1;
  }

  boolean overlaps(Span other) {
    return span.overlaps(other);
  }

  /// The sentence in lower case with `{s}` in the subject's place and `{c}` in the candidate's.
  List<String> skeleton(List<String> words, Span candidate) {
    var skeleton = new ArrayList<String>();
    for (int i = 0; i < words.size(); i++) {
      if (i >= span.from() && i < span.to()) {
        if (i == span.from()) {
          skeleton.add("{s}");
        }
      } else if (i >= candidate.from() && i < candidate.to()) {
        if (i == candidate.from()) {
          skeleton.add("{c}");
        }
      } else {
        skeleton.add(
            Words.isName(words.get(i)) && i > 0 ? "{n}" : words.get(i).toLowerCase(Locale.ROOT));
      }
    }
    return skeleton;
  }
}
