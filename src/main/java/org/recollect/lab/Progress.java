package org.recollect.lab;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/// How far a running study is.
///
/// @param study the kind of study
/// @param done trials finished, reused or failed
/// @param total trials of the study
/// @param reused of those done, how many were not run: their row was stored, or the arm ignores
///   what they differ in
/// @param failed of those done, how many failed
/// @param arm the arm of the trial that runs now; empty when none does
/// @param settings of that trial
/// @param seed of that trial
/// @param elapsed since the study began
/// @param remaining an estimate, once a trial has run
public record Progress(
    String study,
    int done,
    int total,
    int reused,
    int failed,
    String arm,
    Settings settings,
    int seed,
    Duration elapsed,
    Optional<Duration> remaining) {

  /// Where progress is shown. Called in the thread of the study: at the start of each trial, while
  /// the trial's [Meter] counts (at most once a second), and once at the end.
  @FunctionalInterface
  public interface Sink {
    void show(Progress progress);
  }

  private static volatile Sink sink = new PlainLines(System.err);

  /// Shows progress somewhere else from now on, in the whole process: a process has one front end.
  public static void showIn(Sink other) {
    sink = Objects.requireNonNull(other);
  }

  /// Plain lines on standard error, one every few seconds: what a log shows.
  public static Sink plainLines() {
    return new PlainLines(System.err);
  }

  static Sink sink() {
    return sink;
  }

  public boolean finished() {
    return done == total;
  }

  /// The share of the trials that are done, 0 to 1.
  public double fraction() {
    return total == 0 ? 1 : (double) done / total;
  }

  /// As in `KvStudy: trial 3 of 12, int8, budget=0.25, seed 1; 12 s, about 40 s left`.
  @Override
  public String toString() {
    return finished() ? closing() : running();
  }

  private String running() {
    String condition = settings.values().isEmpty() ? "" : ", " + settings;
    String estimate = remaining.map(left -> ", about " + clock(left) + " left").orElse("");
    return "%s: trial %d of %d, %s%s, seed %d; %s%s"
        .formatted(study, done + 1, total, arm, condition, seed, clock(elapsed), estimate);
  }

  private String closing() {
    String taken = reused == 0 ? "" : ", " + reused + " reused";
    String broken = failed == 0 ? "" : ", " + failed + " failed";
    return "%s: %d trials in %s%s%s".formatted(study, total, clock(elapsed), taken, broken);
  }

  private static String clock(Duration time) {
    long seconds = time.toSeconds();
    return seconds < 60
        ? seconds + " s"
        : seconds < 3600
            ? "%d min %d s".formatted(seconds / 60, seconds % 60)
            : "%d h %d min".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
