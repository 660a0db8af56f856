package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.data.Scenario;
import org.recollect.data.TaskStream;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.Trainer;
import org.recollect.train.TrainingHook;

/// Leads a trainee through a stream by a strategy, and judges it before the first experience and
/// after each. Mutable; owns the trainee and the hooks.
///
/// Training runs on one thread: the same start gives the same bits.
final class Teacher implements AutoCloseable {
  private final Start start;
  private final Recipe recipe;
  private final Hooks hooks;
  private final Optional<Watch> watch;
  private final boolean writes;
  private final boolean oracle;
  private final CourseNotes notes;

  Teacher(Strategy strategy, Start start) {
    this(strategy, start, Optional.empty(), false);
  }

  /// @param start whose recipe is the study's
  /// @param watch how closely scores are watched along the way, if at all
  /// @param writes whether answers to each task are written out once it is learned
  Teacher(Strategy strategy, Start start, Optional<Watch> watch, boolean writes) {
    this.start = start;
    this.recipe = strategy.recipe(start.recipe());
    this.watch = watch;
    this.writes = writes;
    this.oracle = strategy.oracle();
    this.notes = new CourseNotes(start.stream(), recipe.steps());
    this.hooks = strategy.begin(start);
  }

  Trainee trainee() {
    return start.trainee();
  }

  Hooks hooks() {
    return hooks;
  }

  /// What has been taken down until now.
  CourseNotes notes() {
    return notes;
  }

  /// Floating-point operations of training.
  double flop() {
    return start.trainee().effort().flop();
  }

  TaskStream stream() {
    return start.stream();
  }

  /// Goes through what is left of the stream.
  void teach() {
    teach(stream().experiences().size(), Optional.empty());
  }

  /// Goes on until so many experiences are over.
  ///
  /// @param file that takes down where the course stands after each
  void teach(int experiences, Optional<Path> file) {
    if (file.isPresent() && Files.exists(file.get())) {
      resume(file.get());
    }
    if (notes.judgements() == 0) {
      notes.judged(judge());
      observe(-1);
    }
    while (notes.judgements() <= experiences) {
      var experience = stream().experiences().get(notes.judgements() - 1);
      learn(experience);
      notes.judged(judge());
      if (writes) {
        notes.written().computeIfAbsent(experience.task(), this::write);
      }
      if (file.isPresent()) {
        save(file.get());
      }
    }
  }

  private void learn(Experience experience) {
    var trainee = start.trainee();
    timed(() -> hooks.beforeTask(experience));
    var lessons = hooks.lessons(experience, experience.lessons());
    var random = RandomStream.of(start.seed(), "lessons", experience.index());
    var batches = new LessonBatches(lessons, recipe.rows(), random);
    try (var trainer =
        new Trainer(
            trainee.trainable(),
            recipe.optimizer(),
            recipe.schedule(),
            recipe.maxNorm(),
            new Reached(hooks))) {
      for (int step = 1; step <= recipe.steps(); step++) {
        timed(() -> step(trainer, batches.next()));
        notes.stepped();
        if (watch.isPresent() && (step % watch.get().every() == 0 || step == recipe.steps())) {
          observe(experience.index());
        }
      }
    }
    timed(() -> hooks.afterTask(experience));
  }

  private void step(Trainer trainer, List<Lesson> drawn) {
    var trainee = start.trainee();
    try (var _ = Torch.newScope()) {
      trainee.learning(true);
      var batch = hooks.beforeStep(drawn);
      trainer.step(() -> hooks.loss(batch, trainee.loss(batch)));
      trainee.learning(false);
      hooks.afterStep(batch);
    } finally {
      trainee.learning(false);
    }
  }

  /// Work of training: counted and timed.
  private void timed(Runnable work) {
    var threads = ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadCpuTime();
    start.trainee().effort().counting(true);
    try (var _ = Torch.withThreads(1)) {
      work.run();
    } finally {
      start.trainee().effort().counting(false);
    }
    notes.worked((threads.getCurrentThreadCpuTime() - before) / 1e9);
  }

  /// The trainee as it answers for a task.
  Trainee judged(int task) {
    boolean told = oracle || stream().scenario() == Scenario.TASK_INCREMENTAL;
    return hooks.judged(told ? OptionalInt.of(task) : OptionalInt.empty(), start.trainee());
  }

  /// The trainee as it answers for what is no task.
  Trainee judged() {
    return hooks.judged(OptionalInt.empty(), start.trainee());
  }

  private double[] judge() {
    try (var _ = Torch.withThreads(1)) {
      return IntStream.range(0, stream().size())
          .mapToDouble(task -> judged(task).score(stream().judged(task)))
          .toArray();
    }
  }

  private Written write(int task) {
    return Written.by(judged(task), stream().judged(task));
  }

  /// @param now the experience that runs, -1 before the first
  private void observe(int now) {
    if (watch.isEmpty()) {
      return;
    }
    var scores = new double[stream().size()];
    for (int task = 0; task < scores.length; task++) {
      if (notes.points().isEmpty() || met(task, Math.max(now, 0)) || begins(task, now)) {
        var all = stream().judged(task);
        var some = all.subList(0, Math.min(watch.get().examples(), all.size()));
        scores[task] = judged(task).score(some);
      } else {
        scores[task] = notes.points().getLast().scores()[task];
      }
    }
    notes.watched(scores);
  }

  private boolean met(int task, int until) {
    return stream().experiences().stream()
        .limit(until + 1L)
        .anyMatch(experience -> experience.task() == task);
  }

  /// Whether a task is about to be learned: its last score before that is the one to start from.
  private boolean begins(int task, int now) {
    int next = now + 1;
    return notes.steps() % recipe.steps() == 0
        && next < stream().experiences().size()
        && stream().experiences().get(next).task() == task;
  }

  private void save(Path file) {
    try (var snapshot = new Snapshot()) {
      snapshot.put("weights", start.trainee().weights());
      notes.save(snapshot);
      start.trainee().effort().save(snapshot);
      hooks.save(snapshot.within("strategy"));
      snapshot.write(file);
    }
  }

  private void resume(Path file) {
    try (var snapshot = Snapshot.read(file)) {
      hooks.load(snapshot.within("strategy"));
      try (var weights = snapshot.weights("weights")) {
        start.trainee().weights().overwrite(weights);
      }
      notes.load(snapshot);
      start.trainee().effort().load(snapshot);
    }
  }

  @Override
  public void close() {
    hooks.close();
    start.trainee().close();
  }

  /// The hooks within the training loop.
  private record Reached(Hooks hooks) implements TrainingHook {

    @Override
    public void gradients(long step, Map<String, NDArray> gradients) {
      hooks.gradient(gradients);
    }

    @Override
    public boolean constrains() {
      return hooks.constrains();
    }

    @Override
    public void displacement(long step, Map<String, NDArray> displacements) {
      hooks.step(displacements);
    }
  }
}
