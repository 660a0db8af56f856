package org.recollect.continual;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.recollect.data.Lesson;
import org.recollect.tensor.RandomStream;

/// LessonBatches of exactly so many lessons: all in random order, and again in another, without
/// end. A teacher draws those of an experience so that they depend on the seed, the lessons and the
/// experience, and not on the strategy. Mutable.
public final class LessonBatches {
  private final List<Lesson> lessons;
  private final int rows;
  private final RandomStream random;
  private Iterator<Lesson> order;
  private int epoch;

  /// @param lessons at least one
  /// @param rows of a batch, at least 1
  /// @param random that decides the order
  public LessonBatches(List<Lesson> lessons, int rows, RandomStream random) {
    this.lessons = lessons;
    this.rows = rows;
    this.random = random;
    this.order = List.<Lesson>of().iterator();
  }

  /// The next batch.
  public List<Lesson> next() {
    var batch = new ArrayList<Lesson>(rows);
    while (batch.size() < rows) {
      if (!order.hasNext()) {
        order = random.split("epoch", epoch++).shuffle(lessons).iterator();
      }
      batch.add(order.next());
    }
    return List.copyOf(batch);
  }
}
