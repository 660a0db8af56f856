package org.recollect.data;

/// What a model is told of the task when it is judged (van de Ven, Tuytelaars and Tolias, "Three
/// types of incremental learning", 2022, doi:10.1038/s42256-022-00568-3).
public enum Scenario {
  /// Which task an example is of: a classifier chooses among that task's classes.
  TASK_INCREMENTAL,
  /// Nothing, and need not know: all tasks have the same answers in other domains.
  DOMAIN_INCREMENTAL,
  /// Nothing, and has to find out: a classifier chooses among the classes of all tasks.
  CLASS_INCREMENTAL
}
