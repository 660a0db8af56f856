package org.recollect.data;

/// An example of a [TaskStream], and where it stands there: what a replay memory remembers.
///
/// @param task whose example it is, from 0; also where it is learned beside another task's
/// @param index among the examples that are learned for the task
public record Lesson(int task, int index, Example example) {}
