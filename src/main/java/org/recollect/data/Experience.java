package org.recollect.data;

import java.util.List;

/// What a model is given to learn at one time: all of a task, a part of it, or some of others as
/// well. "Experience" as in Lomonaco et al., "Avalanche: an End-to-End Library for Continual
/// Learning", 2021, arXiv:2104.00405, section 3.
///
/// @param index in the stream, from 0
/// @param task which it is mostly of, from 0
/// @param lessons at least one
public record Experience(int index, int task, List<Lesson> lessons) {

  public Experience {
    lessons = List.copyOf(lessons);
    if (lessons.isEmpty()) {
      throw new IllegalArgumentException("An experience has at least one lesson.");
    }
  }
}
