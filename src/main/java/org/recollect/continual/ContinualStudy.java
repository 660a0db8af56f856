package org.recollect.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.Example;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;

/// A comparison of ways to learn one task after another.
///
/// ```java
/// ContinualStudy.on(Base.of(Models.microJava(), general))
///     .stream(TaskStreams.domains(400, 60, "java.sql", "javax.swing"))
///     .learning(Recipe.of(100, 8, 1e-3))
///     .compare(Continual.replay(200), Continual.ewc(100))
///     .measure(PERFORMANCE, FORGETTING, GENERAL_CHANGE, COMPUTE)
///     .seeds(3).run();
/// ```
///
/// Sequential tuning and joint tuning stand in every table as the first two arms: the bounds. All
/// arms see the same batches, and as many steps.
///
/// Settings: `steps` of each task and `rate`, in the place of the recipe's; `order`, the tasks
/// shuffled by this seed, 0 for the order given.
public final class ContinualStudy extends BenchStudy<ContinualStudy, Strategy> {

  /// The name under which the number of steps of a task is swept.
  public static final String STEPS = "steps";

  /// The name under which the learning rate is swept.
  public static final String RATE = "rate";

  /// The name under which orders of the tasks are swept.
  public static final String ORDER = "order";

  private final Nouns nouns;

  /// What the sentence is about.
  record Nouns(
      Base base,
      Optional<TaskStream> stream,
      Optional<Recipe> recipe,
      Optional<Watch> watching,
      List<Inquiry> inquiries) {

    TaskStream stream(Settings settings) {
      var given =
          stream.orElseThrow(() ->
              new IllegalStateException(
                  "The study does not say what is learned: add stream(TaskStreams...)."));
      return settings.has(ORDER) ? given.shuffled(settings.integer(ORDER)) : given;
    }

    Recipe recipe(Settings settings, Scale scale) {
      var chosen = recipe.orElseGet(() -> Recipe.of(scale.pick(10, 200, 2000), 16, 1e-3));
      if (settings.has(STEPS)) {
        chosen = chosen.steps(settings.integer(STEPS));
      }
      return settings.has(RATE) ? chosen.rate(settings.number(RATE)) : chosen;
    }

    Watch watch(Scale scale) {
      return watching.orElseGet(() -> new Watch(1, scale.pick(10, 50, 500)));
    }

    Map<String, ?> configuration() {
      return Map.of(
          "stream", stream(Settings.NONE).configuration(),
          "recipe", recipe.<Object>map(each -> each).orElse("by scale"),
          "watch", watching.<Object>map(each -> each).orElse("by scale"),
          "inquiries", inquiries.stream().map(Inquiry::configuration).toList());
    }
  }

  private ContinualStudy(Design<Strategy> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a base, with the two bounds as its first arms.
  public static ContinualStudy on(Base base) {
    var nouns = new Nouns(base, Optional.empty(), Optional.empty(), Optional.empty(), List.of());
    return new ContinualStudy(Design.empty(), nouns)
        .compare(Continual.sequential(), Continual.joint());
  }

  /// What is learned, task after task.
  public ContinualStudy stream(TaskStream tasks) {
    return with(
        new Nouns(nouns.base, Optional.of(tasks), nouns.recipe, nouns.watching, nouns.inquiries));
  }

  /// How each task is learned; without it, in 200 steps of 16 lessons at 1e-3 at laptop scale.
  public ContinualStudy learning(Recipe recipe) {
    return with(
        new Nouns(nouns.base, nouns.stream, Optional.of(recipe), nouns.watching, nouns.inquiries));
  }

  /// How closely scores are watched along the way where a measure needs them; without it, after
  /// every step on 50 examples of each task at laptop scale.
  ///
  /// @param steps from one evaluation to the next
  /// @param examples of each task's test
  public ContinualStudy watching(int steps, int examples) {
    return with(
        new Nouns(
            nouns.base,
            nouns.stream,
            nouns.recipe,
            Optional.of(new Watch(steps, examples)),
            nouns.inquiries));
  }

  /// Asks the models in the end something else as well: the score on the tests of some tasks that
  /// are no part of the stream, one after another, becomes a measure of its own. Tasks that share
  /// no words with the stream or the base need a subject that reads them.
  ///
  /// ```java
  /// .judging(FALSE_REFUSALS, refusal.overRefused(100))
  /// ```
  ///
  /// @param measure that the tasks' scores are recorded as, an item each
  /// @param tasks at least one
  public ContinualStudy judging(Measure measure, List<Task> tasks) {
    var inquiries = new ArrayList<>(nouns.inquiries);
    inquiries.add(new Inquiry(measure, List.copyOf(tasks)));
    return with(
        new Nouns(nouns.base, nouns.stream, nouns.recipe, nouns.watching, List.copyOf(inquiries)));
  }

  private ContinualStudy with(Nouns other) {
    return new ContinualStudy(design(), other);
  }

  @Override
  protected ContinualStudy with(Design<Strategy> design) {
    return new ContinualStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(nouns.base.name(), Fingerprint.of(nouns.base.configuration()));
  }

  @Override
  protected Identity material() {
    return new Identity(nouns.stream(Settings.NONE).name(), Fingerprint.of(nouns.configuration()));
  }

  /// What the material has no examples for is not offered.
  @Override
  protected List<Measure> offers() {
    var offers = new ArrayList<>(ContinualMeasures.ALL);
    if (nouns.base.general().isEmpty()) {
      offers.removeAll(List.of(ContinualMeasures.GENERAL_SCORE, ContinualMeasures.GENERAL_CHANGE));
    }
    var tasks = nouns.stream(Settings.NONE).tasks();
    if (!(tasks.getFirst().test().getFirst() instanceof Example.Question)) {
      offers.removeAll(ContinualMeasures.WRITTEN);
    }
    nouns.inquiries.forEach(each -> offers.add(each.measure()));
    for (Strategy arm : design().arms()) {
      arm.figures().stream().filter(figure -> !offers.contains(figure)).forEach(offers::add);
    }
    return offers;
  }

  @Override
  protected Set<String> settings() {
    return Set.of(STEPS, RATE, ORDER);
  }

  @Override
  protected Bench<Strategy> bench(int seed, Scale scale) {
    return new Courses(nouns, seed, scale);
  }
}
