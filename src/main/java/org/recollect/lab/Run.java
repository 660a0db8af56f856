package org.recollect.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.stream.Collectors;

/// One execution of a study: serves what is stored, runs and stores the rest.
final class Run<S extends Study<S, A>, A extends Arm> {
  private static final long HEARTBEAT = Duration.ofSeconds(1).toNanos();

  private final Study<S, A> study;
  private final Scale scale = Scale.current();
  private final Identity subject;
  private final Identity material;
  private final Set<String> declared;
  private final int total;

  /// What this execution has finished, by key: arms that ignore a setting are run once.
  private final Map<String, Row> done = new HashMap<>();

  private final List<Row> rows = new ArrayList<>();
  private final long started = System.nanoTime();
  private long lastShown;
  private int reused;
  private int ran;
  private int failed;
  private long running;

  Run(Study<S, A> study) {
    this.study = study;
    this.subject = study.subject();
    this.material = study.material();
    var design = study.design();
    this.declared =
        design.papers().stream().map(Declaration::of).collect(Collectors.toUnmodifiableSet());
    this.total = design.seeds() * design.combinations().size() * design.arms().size();
  }

  Results results() {
    var design = study.design();
    try (var store = RunStore.open(design.folder())) {
      for (int seed = 1; seed <= design.seeds(); seed++) {
        for (Settings settings : design.combinations()) {
          for (A arm : design.arms()) {
            requireNotInterrupted();
            var trial =
                new Trial<A>(
                    arm, settings.only(name -> !arm.ignores(name)), seed, scale, study.taken());
            rows.add(row(trial, store).under(settings));
          }
        }
      }
    }
    show(null);
    return new Results(
        new Setup(
            study.kind(),
            subject,
            material,
            scale,
            design.seeds(),
            study.measures(),
            study.asides()),
        rows);
  }

  private Row row(Trial<A> trial, RunStore store) {
    String key = key(trial);
    Optional<Row> known = Optional.ofNullable(done.get(key));
    if (known.isEmpty() && !study.design().afresh()) {
      known = store.find(key).filter(row -> !row.failed());
    }
    if (known.isPresent()) {
      reused++;
      done.put(key, known.get());
      return known.get();
    }
    show(trial);
    long begun = System.nanoTime();
    Row row = execute(trial, key);
    running += System.nanoTime() - begun;
    ran++;
    failed += row.failed() ? 1 : 0;
    store.save(key, study.kind(), row);
    done.put(key, row);
    return row;
  }

  private Row execute(Trial<A> trial, String key) {
    var meter = new Meter(() -> beat(trial));
    try {
      study.prepare(trial);
      meter = new Meter(() -> beat(trial));
      Outcome outcome = study.run(trial, meter);
      return new Row(
          key,
          trial.arm().name(),
          trial.arm().series(),
          trial.settings(),
          trial.seed(),
          wanted(trial, outcome),
          meter.read(),
          Optional.empty(),
          declared);
    } catch (Exception | VirtualMachineError e) {
      if (e instanceof InterruptedException || e instanceof CancellationException) {
        Thread.currentThread().interrupt();
      }
      requireNotInterrupted();
      String message = e.getMessage();
      String error = message == null || message.isBlank() ? e.toString() : message;
      return new Row(
          key,
          trial.arm().name(),
          trial.arm().series(),
          trial.settings(),
          trial.seed(),
          new LinkedHashMap<>(),
          meter.read(),
          Optional.of(error),
          declared);
    }
  }

  private LinkedHashMap<String, Sample> wanted(Trial<A> trial, Outcome outcome) {
    var samples = new LinkedHashMap<String, Sample>();
    for (Measure measure : trial.measures()) {
      Sample sample = outcome.samples().get(measure);
      if (sample == null) {
        throw new IllegalStateException(
            "The trial of '%s' did not measure '%s', which the study offers."
                .formatted(trial.arm().name(), measure));
      }
      samples.put(measure.name(), sample);
    }
    return samples;
  }

  /// Everything that defines a trial. Wall-clock time is no part of it.
  private String key(Trial<A> trial) {
    return Fingerprint.of(
        Fingerprint.library(),
        study.kind(),
        Fingerprint.code(study.getClass()),
        subject.digest(),
        material.digest(),
        trial.arm().name(),
        trial.arm().getClass().getName(),
        Fingerprint.code(trial.arm().getClass()),
        trial.arm().configuration(),
        trial.settings().values(),
        trial.seed(),
        trial.scale(),
        trial.measures());
  }

  private void beat(Trial<A> trial) {
    if (System.nanoTime() - lastShown >= HEARTBEAT) {
      show(trial);
    }
  }

  /// @param trial the one that runs now, or null at the end
  private void show(Trial<A> trial) {
    lastShown = System.nanoTime();
    long left = total - rows.size();
    Optional<Duration> remaining =
        ran == 0 ? Optional.empty() : Optional.of(Duration.ofNanos(running / ran * left));
    Progress.sink()
        .show(
            new Progress(
                study.kind(),
                rows.size(),
                total,
                reused,
                failed,
                trial == null ? "" : trial.arm().name(),
                trial == null ? Settings.NONE : trial.settings(),
                trial == null ? 0 : trial.seed(),
                Duration.ofNanos(System.nanoTime() - started),
                remaining));
  }

  private void requireNotInterrupted() {
    if (Thread.interrupted()) {
      throw new CancellationException(
          "The study was stopped after %d of %d trials; run it again to continue from there."
              .formatted(rows.size(), total));
    }
  }
}
