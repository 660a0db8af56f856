package org.recollect.continual;

import java.util.List;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;

/// Tuning on all tasks at once, in as many steps as the whole stream has: the upper bound of what
/// can be kept. It looks ahead: from the first experience on, every lesson of the stream is drawn.
public record Joint() implements Strategy {

  @Override
  public String name() {
    return "joint";
  }

  @Override
  public Hooks begin(Start start) {
    var all = start.stream().lessons().stream().distinct().toList();
    return new Hooks() {
      @Override
      public List<Lesson> lessons(Experience task, List<Lesson> own) {
        return all;
      }
    };
  }
}
