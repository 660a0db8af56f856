package org.recollect.continual;

/// How closely scores are watched along the way, see [Trace].
///
/// @param every so many steps, and at the end of each task
/// @param examples of each task's test, the first ones
public record Watch(int every, int examples) {

  public Watch {
    if (every < 1 || examples < 1) {
      throw new IllegalArgumentException(
          "Scores are watched every step or every few, on one example or more; got %d and %d."
              .formatted(every, examples));
    }
  }
}
