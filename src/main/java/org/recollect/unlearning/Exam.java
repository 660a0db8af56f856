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
/// @param forget all that was to be forgotten so far
/// @param retain some of what was to be kept
/// @param sides by name, some of each side set
/// @param holdout what no model was told
record Exam(
    List<QaItem> forget,
    List<QaItem> retain,
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
    var retain = some(request.retain(), retained, seed, "retain");
    return new Exam(List.copyOf(forget), retain, sides, request.holdout());
  }

  private static List<QaItem> some(List<QaItem> items, int count, long seed, String name) {
    var shuffled = RandomStream.of(seed, "judged", name).shuffle(items);
    return List.copyOf(shuffled.subList(0, Math.min(count, items.size())));
  }

  /// The questions on other subjects.
  List<QaItem> aside() {
    return sides.values().stream().flatMap(List::stream).toList();
  }

  /// The same about fewer of the things to be forgotten.
  Exam about(List<QaItem> judged) {
    return new Exam(judged, retain, sides, holdout);
  }
}
