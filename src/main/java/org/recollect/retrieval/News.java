package org.recollect.retrieval;

import java.util.Comparator;
import java.util.List;
import org.recollect.data.Library;
import org.recollect.data.Passage;

/// The passages of a library as they come in. Mutable: what has been told is not told again.
final class News {
  private final List<Passage> passages;
  private int told;

  News(Library library) {
    this.passages =
        library.passages().stream().sorted(Comparator.comparingInt(Passage::day)).toList();
  }

  /// Those up to a day that have not been told yet, the oldest first.
  ///
  /// @param day 0 for all
  List<Passage> until(int day) {
    int from = told;
    while (told < passages.size() && (day == 0 || passages.get(told).day() <= day)) {
      told++;
    }
    return passages.subList(from, told);
  }
}
