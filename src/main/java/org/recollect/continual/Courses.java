package org.recollect.continual;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.data.TaskStream;
import org.recollect.lab.Bench;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.lab.Trial;
import org.recollect.tensor.CacheFolder;

/// What the trials of one seed are compared with: sequential tuning, and each task learned alone.
/// Mutable.
final class Courses implements Bench<Strategy> {
  private final ContinualStudy.Nouns nouns;
  private final int seed;
  private final Scale scale;
  private final Map<Settings, Reference> references = new HashMap<>();
  private final Map<Settings, double[]> alone = new HashMap<>();
  private final Map<String, Double> generalBefore = new HashMap<>();

  /// What sequential tuning took.
  ///
  /// @param flop operations
  /// @param seconds of the processor
  record Reference(double flop, double seconds) {}

  Courses(ContinualStudy.Nouns nouns, int seed, Scale scale) {
    this.nouns = nouns;
    this.seed = seed;
    this.scale = scale;
  }

  @Override
  public Outcome outcome(Trial<Strategy> trial, Meter meter) {
    var settings = trial.settings();
    var stream = nouns.stream(settings);
    var watch =
        trial.measures().stream().anyMatch(ContinualMeasures.WATCHED::contains)
            ? Optional.of(nouns.watch(scale))
            : Optional.<Watch>empty();
    boolean writes = trial.measures().stream().anyMatch(ContinualMeasures.WRITTEN::contains);
    var file = file(trial);
    try (var teacher = teacher(trial.arm(), stream, settings, watch, writes, meter)) {
      teacher.teach(stream.experiences().size(), Optional.of(file));
      if (trial.arm() instanceof Sequential) {
        references.put(settings, new Reference(teacher.flop(), teacher.notes().seconds()));
      }
      var marks =
          new CourseMarks(
              teacher,
              stream,
              nouns.base(),
              () -> reference(settings),
              () -> alone(settings),
              () -> generalBefore(stream));
      nouns.inquiries().forEach(marks::ask);
      var outcome = marks.outcome(trial.measures(), trial.arm());
      Files.deleteIfExists(file);
      return outcome;
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The notes of a finished course cannot be deleted at %s (%s): check the folder's permissions."
              .formatted(file, failure.getMessage()),
          failure);
    }
  }

  private Teacher teacher(
      Strategy strategy,
      TaskStream stream,
      Settings settings,
      Optional<Watch> watch,
      boolean writes,
      Meter meter) {
    var trainee = nouns.base().begin(stream, seed, meter);
    var general = nouns.base().general().map(Base::lessons).orElse(List.of());
    var start = new Start(trainee, stream, general, nouns.recipe(settings, scale), seed);
    try {
      return new Teacher(strategy, start, watch, writes);
    } catch (RuntimeException failure) {
      trainee.close();
      throw failure;
    }
  }

  private Reference reference(Settings settings) {
    return references.computeIfAbsent(
        settings,
        _ -> {
          var stream = nouns.stream(settings);
          try (var teacher =
              teacher(
                  Continual.sequential(), stream, settings, Optional.empty(), false, new Meter())) {
            teacher.teach();
            return new Reference(teacher.flop(), teacher.notes().seconds());
          }
        });
  }

  /// The score of each task where it is learned alone, from the base `[tasks]`.
  private double[] alone(Settings settings) {
    return alone.computeIfAbsent(
        settings,
        _ -> {
          var stream = nouns.stream(settings);
          return IntStream.range(0, stream.size())
              .mapToDouble(task -> alone(stream, task, settings))
              .toArray();
        });
  }

  private double alone(TaskStream stream, int task, Settings settings) {
    var one = stream.only(task);
    try (var teacher =
        teacher(Continual.sequential(), one, settings, Optional.empty(), false, new Meter())) {
      teacher.teach();
      return teacher.judged(task).score(stream.judged(task));
    }
  }

  /// The base's own score on what it was trained on.
  private double generalBefore(TaskStream stream) {
    return generalBefore.computeIfAbsent(
        stream.digest(),
        _ ->
            nouns
                .base()
                .general()
                .map(task -> {
                  try (var base = nouns.base().begin(stream, seed, new Meter())) {
                    return base.score(Base.judged(task));
                  }
                })
                .orElse(0.0));
  }

  /// Where a course that was cut short stands.
  private Path file(Trial<Strategy> trial) {
    String name =
        Fingerprint.of(
            Fingerprint.library(),
            nouns.base().configuration(),
            nouns.configuration(),
            trial.arm().name(),
            Strategy.described(trial.arm()),
            Fingerprint.code(trial.arm().getClass()),
            trial.settings().values(),
            trial.seed(),
            scale,
            trial.measures());
    return CacheFolder.path().resolve("courses").resolve(name.substring(0, 32) + ".safetensors");
  }

  @Override
  public void close() {}
}
