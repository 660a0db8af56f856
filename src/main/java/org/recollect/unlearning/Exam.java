package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.tensor.RandomStream;

/// The questions by which a trial is judged: the same for all arms of a seed.
///
/// @param forget all that was to be forgotten so far, questions and passages
/// @param retain some of the questions on what was to be kept
/// @param known all of those questions, in random order, for probes to be fitted on
/// @param sides by name, some of each side set
/// @param holdout what no model was told
record Exam(
    List<QaItem> forget,
    List<QaItem> retain,
    List<QaItem> known,
    SequencedMap<String, List<QaItem>> sides,
    List<QaItem> holdout) {

  /// @param request the last of the requests
  /// @param earlier what the ones before it were for
  /// @param retained questions on what is kept, at most
  /// @param aside questions of each side set, at most
  static Exam of(ForgetSplit request, List<QaItem> earlier, int retained, int aside, long seed) {
    var forget = new ArrayList<>(earlier);
    forget.addAll(request.forget());
    var sides = new LinkedHashMap<String, List<QaItem>>();
    request.sides().forEach((name, items) -> sides.put(name, some(items, aside, seed, name)));
    var known = some(questions(request.retain()), Integer.MAX_VALUE, seed, "retain");
    var retain = known.subList(0, Math.min(retained, known.size()));
    return new Exam(List.copyOf(forget), retain, known, sides, request.holdout());
  }

  private static List<QaItem> some(List<QaItem> items, int count, long seed, String name) {
    var shuffled = RandomStream.of(seed, "judged", name).shuffle(items);
    return List.copyOf(shuffled.subList(0, Math.min(count, items.size())));
  }

  /// The questions on what was to be forgotten.
  List<QaItem> questions() {
    return questions(forget);
  }

  /// The beginnings of texts to be forgotten.
  List<QaItem> passages() {
    return forget.stream().filter(QaItem::passage).toList();
  }

  /// What to tell from [#strangers]: the texts as in MUSE, the questions where there are none.
  List<QaItem> members() {
    return passages().isEmpty() ? questions() : passages();
  }

  /// The same of what no model was told.
  List<QaItem> strangers() {
    return passages().isEmpty()
        ? questions(holdout)
        : holdout.stream().filter(QaItem::passage).toList();
  }

  private static List<QaItem> questions(List<QaItem> items) {
    return items.stream().filter(item -> !item.passage()).toList();
  }

  /// The questions on other subjects.
  List<QaItem> aside() {
    return sides.values().stream().flatMap(List::stream).toList();
  }

  /// The same about fewer of the things to be forgotten.
  Exam about(List<QaItem> judged) {
    return new Exam(judged, retain, known, sides, holdout);
  }
}
