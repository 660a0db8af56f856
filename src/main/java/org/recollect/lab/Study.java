package org.recollect.lab;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recollect.papers.Paper;

/// An experiment: arms compared on one subject and one material, over swept settings and seeds.
///
/// ```java
/// var study = KvStudy.on(Models.miniJava())
///     .reading(Corpora.jdk("java.util").tokens(1024))
///     .compare(Kv.full(), Kv.int8())
///     .vary("budget", 0.125, 0.25)
///     .measure(PERPLEXITY, RECALL)
///     .claims(Papers.ROTATE_KV)
///     .seeds(3)
///     .run();
/// ```
///
/// A study is immutable: each step returns a new one, so that half a sentence can be reused.
///
/// A family extends this class with its nouns and answers six questions: how to continue with
/// another [Design], what the subject and the material are, which measures and settings it knows,
/// and how one trial runs. A trial must draw all its randomness from the trial's seed.
///
/// @param <S> the family's own study
/// @param <A> the family's arms
public abstract class Study<S extends Study<S, A>, A extends Arm> {
  private final Design<A> design;

  protected Study(Design<A> design) {
    this.design = design;
  }

  /// This study with another design.
  protected abstract S with(Design<A> design);

  /// What is studied.
  ///
  /// @throws IllegalStateException when the sentence has not named it yet
  protected abstract Identity subject();

  /// What it is studied on.
  ///
  /// @throws IllegalStateException when the sentence has not named it yet
  protected abstract Identity material();

  /// The measures that this study can take, in the order in which a table shows them.
  protected abstract List<Measure> offers();

  /// Measures of what all arms share and of whether they ran as they should, such as how good the
  /// roles are: always taken, and shown above every table.
  protected List<Measure> asides() {
    return List.of();
  }

  /// The settings that may be swept.
  protected abstract Set<String> settings();

  /// Runs one trial: the same trial gives the same outcome, whatever ran before.
  ///
  /// @return at least what the trial [wants][Trial#wants]
  /// @throws Exception when the trial fails; it is recorded with the message, the study goes on
  protected abstract Outcome run(Trial<A> trial, Meter meter) throws Exception;

  /// Called before a trial that is not in the store: makes ready what trials share, so that none of
  /// them is charged for it.
  protected void prepare(Trial<A> trial) {}

  /// Called when the trials have run, or one has been interrupted: frees what they shared.
  protected void done() {}

  /// The name of the kind of study, part of every trial's hash.
  protected String kind() {
    return getClass().getSimpleName();
  }

  /// The family's view of what was chosen.
  protected final Design<A> design() {
    return design;
  }

  /// Adds contenders.
  @SafeVarargs
  public final S compare(A... arms) {
    return compare(Arrays.asList(arms));
  }

  /// Adds contenders.
  ///
  /// @throws IllegalArgumentException when two have the same name
  public final S compare(List<? extends A> arms) {
    var next = design.arms(arms);
    requireUnique("arm", next.arms().stream().map(Arm::name).toList());
    return with(next);
  }

  /// Sweeps a setting over values: numbers, text, booleans or enum constants.
  ///
  /// @throws IllegalArgumentException when this study has no such setting
  public final S vary(String setting, Object... values) {
    if (!settings().contains(setting)) {
      throw new IllegalArgumentException(
          "%s has no setting '%s'; it can vary %s."
              .formatted(kind(), setting, settings().stream().sorted().toList()));
    }
    if (values.length == 0) {
      throw new IllegalArgumentException(
          "The setting '%s' needs at least one value to take.".formatted(setting));
    }
    var shown =
        Arrays.stream(values)
            .map(value -> Settings.NONE.with(setting, value).values().get(setting))
            .toList();
    requireUnique("value of " + setting, shown.stream().map(Settings::show).toList());
    return with(design.axis(setting, shown));
  }

  /// Chooses what is measured; without it, all that the study offers.
  ///
  /// @throws IllegalArgumentException when this study does not offer one of them
  public final S measure(Measure... measures) {
    for (Measure measure : measures) {
      if (!offers().contains(measure)) {
        throw new IllegalArgumentException(
            "%s does not measure '%s'; it offers %s.".formatted(kind(), measure, offers()));
      }
    }
    requireUnique("measure", Arrays.stream(measures).map(Measure::name).toList());
    return with(design.measures(List.of(measures)));
  }

  /// Repeats every arm and setting with this many seeds, 1 to n.
  public final S seeds(int seeds) {
    if (seeds < 1) {
      throw new IllegalArgumentException("A study needs at least one seed, but got " + seeds + ".");
    }
    return with(design.seeds(seeds));
  }

  /// Declares the claims of papers before the run; a verdict is given on declared ones only.
  public final S claims(Paper... papers) {
    return with(design.papers(List.of(papers)));
  }

  /// Stores finished trials in another folder than the cache.
  public final S storedIn(Path folder) {
    return with(design.folder(folder));
  }

  /// Runs stored trials again, for new timings or for claims declared late.
  public final S afresh() {
    return with(design.anew());
  }

  /// Runs every trial that is not in the store yet. Trials go seed by seed, with the arms
  /// innermost, so that a study that is stopped leaves whole comparisons behind.
  ///
  /// @throws IllegalStateException when the sentence is not complete, or the store cannot be used
  /// @throws java.util.concurrent.CancellationException when the thread is interrupted; finished
  ///   trials are kept
  public final Results run() {
    if (design.arms().isEmpty()) {
      throw new IllegalStateException(
          "%s has nothing to compare: name its arms with compare(...).".formatted(kind()));
    }
    try {
      return new Run<>(this).results();
    } finally {
      done();
    }
  }

  /// The measures asked for.
  final List<Measure> measures() {
    return design.measures().isEmpty() ? offers() : design.measures();
  }

  /// All that a trial must measure.
  final List<Measure> taken() {
    return Stream.concat(measures().stream(), asides().stream()).distinct().toList();
  }

  private void requireUnique(String what, List<String> names) {
    var seen = new HashSet<String>();
    var twice = names.stream().filter(name -> !seen.add(name)).collect(Collectors.joining(", "));
    if (!twice.isEmpty()) {
      throw new IllegalArgumentException(
          "Each %s may stand only once, but '%s' stands twice: rename or remove one."
              .formatted(what, twice));
    }
  }
}
