package org.recollect.continual.replay;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedSet;
import java.util.stream.DoubleStream;
import org.recollect.continual.Snapshot;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.tensor.RandomStream;

/// A memory of a fixed size in which each lesson met so far is with the same probability (Vitter,
/// "Random Sampling with a Reservoir", 1985, algorithm R): the n-th lesson enters a full memory of
/// `size` with the probability `size / n`, at a random place. A lesson that is met again does not
/// count again. Mutable.
public final class Reservoir {
  private final int size;
  private final RandomStream random;
  private final SequencedSet<Place> met = new LinkedHashSet<>();
  private final List<Lesson> kept = new ArrayList<>();
  private long draws;

  private record Place(int task, int index) {}

  /// @param size lessons at most, at least 1
  public Reservoir(int size, RandomStream random) {
    requireRoom(size);
    this.size = size;
    this.random = random;
  }

  static void requireRoom(int size) {
    if (size < 1) {
      throw new IllegalArgumentException(
          "A memory has room for at least one lesson, not %d.".formatted(size));
    }
  }

  /// Offers a lesson.
  ///
  /// @return the slot that it was given, whatever was there before; empty if it was met before, or
  ///   chance has passed it by
  public OptionalInt offer(Lesson lesson) {
    if (!met.add(new Place(lesson.task(), lesson.index()))) {
      return OptionalInt.empty();
    }
    if (kept.size() < size) {
      kept.add(lesson);
      return OptionalInt.of(kept.size() - 1);
    }
    int slot = random.split("lesson", met.size()).nextInt(met.size());
    if (slot >= size) {
      return OptionalInt.empty();
    }
    kept.set(slot, lesson);
    return OptionalInt.of(slot);
  }

  public boolean isEmpty() {
    return kept.isEmpty();
  }

  /// What is kept, by slot.
  public List<Lesson> lessons() {
    return List.copyOf(kept);
  }

  public Lesson lesson(int slot) {
    return kept.get(slot);
  }

  /// Random slots, all different where there are enough.
  public int[] draw(int count) {
    var stream = random.split("draw", draws++);
    if (count <= kept.size()) {
      return stream.indices(count, kept.size());
    }
    return stream.ints(count, 0, kept.size()).toArray();
  }

  /// Random lessons, likewise.
  public List<Lesson> drawLessons(int count) {
    return Arrays.stream(draw(count)).mapToObj(this::lesson).toList();
  }

  /// Writes down which lessons have been met and kept.
  public void save(Snapshot to) {
    to.put("met", met.stream().flatMapToDouble(p -> DoubleStream.of(p.task, p.index)).toArray());
    to.put(
        "kept", kept.stream().flatMapToDouble(l -> DoubleStream.of(l.task(), l.index())).toArray());
    to.put("draws", draws);
  }

  /// Takes up what [#save] wrote.
  ///
  /// @param stream that the lessons are of
  public void load(Snapshot from, TaskStream stream) {
    double[] places = from.numbers("met");
    for (int i = 0; i < places.length; i += 2) {
      met.add(new Place((int) places[i], (int) places[i + 1]));
    }
    double[] slots = from.numbers("kept");
    for (int i = 0; i < slots.length; i += 2) {
      kept.add(stream.lesson((int) slots[i], (int) slots[i + 1]));
    }
    draws = Math.round(from.numbers("draws")[0]);
  }
}
