package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// Tasks that come one after another: the material of continual learning. Immutable; each step
/// gives another stream of the same tasks.
///
/// ```java
/// TaskStreams.domains(400, 60, "java.sql", "javax.swing", "java.awt")   // text of other domains
/// TaskStreams.classes(train, test, 2)                         // two new classes at a time
/// stream.shuffled(seed).blurry(0.1, seed)                     // other order, no clear borders
/// ```
///
/// @param name as captions show it
/// @param scenario what a model is told of the task when it is judged
/// @param tasks what is judged, in the order in which tables show it
/// @param experiences what is learned, in the order of time; one for each task unless tasks recur
public record TaskStream(
    String name, Scenario scenario, List<Task> tasks, List<Experience> experiences) {

  public TaskStream {
    tasks = List.copyOf(tasks);
    experiences = List.copyOf(experiences);
    if (tasks.isEmpty() || experiences.isEmpty()) {
      throw new IllegalArgumentException(
          "The stream '%s' has no task: give at least one.".formatted(name));
    }
    var names = new HashSet<String>();
    for (Task task : tasks) {
      if (!names.add(task.name())) {
        throw new IllegalArgumentException(
            "The stream '%s' has two tasks named '%s': rename one with named(...)."
                .formatted(name, task.name()));
      }
    }
  }

  /// The tasks in this order, each learned once and as a whole.
  public static TaskStream of(String name, Scenario scenario, List<Task> tasks) {
    var experiences = new ArrayList<Experience>();
    for (int task = 0; task < tasks.size(); task++) {
      experiences.add(new Experience(task, task, lessons(task, tasks.get(task))));
    }
    return new TaskStream(name, scenario, tasks, experiences);
  }

  private static List<Lesson> lessons(int task, Task of) {
    return IntStream.range(0, of.train().size())
        .mapToObj(index -> new Lesson(task, index, of.train().get(index)))
        .toList();
  }

  /// How many tasks there are.
  public int size() {
    return tasks.size();
  }

  /// The lesson at a place, such as one that a memory has kept the place of.
  public Lesson lesson(int task, int index) {
    return new Lesson(task, index, tasks.get(task).train().get(index));
  }

  /// What a task is judged by, as lessons.
  public List<Lesson> judged(int task) {
    var test = tasks.get(task).test();
    return IntStream.range(0, test.size())
        .mapToObj(index -> new Lesson(task, index, test.get(index)))
        .toList();
  }

  /// All that is learned in the whole stream, in the order of the experiences.
  public List<Lesson> lessons() {
    return experiences.stream().flatMap(experience -> experience.lessons().stream()).toList();
  }

  /// The same tasks in another order.
  ///
  /// @param order each task's place once
  /// @throws IllegalStateException if the stream's experiences are not its tasks one by one: order
  ///   the tasks first
  public TaskStream ordered(int... order) {
    requireWhole();
    if (!Arrays.equals(
        Arrays.stream(order).sorted().toArray(), IntStream.range(0, size()).toArray())) {
      throw new IllegalArgumentException(
          "An order names each of the tasks 0 to %d once, not %s."
              .formatted(size() - 1, Arrays.toString(order)));
    }
    return of(name, scenario, Arrays.stream(order).mapToObj(tasks::get).toList());
  }

  /// The same tasks in a random order; seed 0 leaves them as they are.
  public TaskStream shuffled(long seed) {
    return seed == 0
        ? this
        : ordered(RandomStream.of(seed, "order of tasks").indices(size(), size()));
  }

  /// The same tasks, of which one is learned and no other.
  public TaskStream only(int task) {
    var first = experiences.stream().filter(each -> each.task() == task).findFirst().orElseThrow();
    return new TaskStream(
        "%s, %s alone".formatted(name, tasks.get(task).name()), scenario, tasks, List.of(first));
  }

  /// The first tasks alone.
  public TaskStream first(int count) {
    requireWhole();
    if (count < 1 || count > size()) {
      throw new IllegalArgumentException(
          "The stream '%s' has %d tasks, not %d.".formatted(name, size(), count));
    }
    return of(name, scenario, tasks.subList(0, count));
  }

  /// The same tasks with fewer examples each: the first ones.
  public TaskStream first(int learned, int judged) {
    requireWhole();
    return of(name, scenario, tasks.stream().map(task -> task.first(learned, judged)).toList());
  }

  /// The same stream without clear borders: a share of each experience's lessons is dealt to all
  /// experiences anew, so that each has as many as before (Aljundi et al., "Gradient based sample
  /// selection for online continual learning", 2019, arXiv:1903.08671, section 5.3).
  ///
  /// @param share of the lessons that change places, 0 to 1
  public TaskStream blurry(double share, long seed) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "Borders are blurred by a share of the lessons from 0 to 1, not %s.".formatted(share));
    }
    var random = RandomStream.of(seed, "blurry borders");
    var kept = new ArrayList<List<Lesson>>();
    var pool = new ArrayList<Lesson>();
    for (Experience experience : experiences) {
      var order = random.shuffle(experience.lessons());
      int leaving = (int) Math.round(share * order.size());
      pool.addAll(order.subList(0, leaving));
      kept.add(new ArrayList<>(order.subList(leaving, order.size())));
    }
    var dealt = random.shuffle(pool).iterator();
    var blurred = new ArrayList<Experience>();
    for (Experience experience : experiences) {
      var lessons = kept.get(experience.index());
      while (lessons.size() < experience.lessons().size()) {
        lessons.add(dealt.next());
      }
      blurred.add(new Experience(experience.index(), experience.task(), lessons));
    }
    return new TaskStream("%s, blurry %s".formatted(name, share), scenario, tasks, blurred);
  }

  /// The same tasks again and again in random order, each time with all their lessons; the first
  /// round is in the order of the tasks (Lesort et al., "Challenging Common Assumptions about
  /// Catastrophic Forgetting", 2022, arXiv:2207.04543, section 3).
  ///
  /// @param times that each task is met, at least 1
  public TaskStream recurring(int times, long seed) {
    requireWhole();
    if (times < 1) {
      throw new IllegalArgumentException(
          "Tasks recur at least once, not %d times.".formatted(times));
    }
    var random = RandomStream.of(seed, "recurring tasks");
    var recurring = new ArrayList<>(experiences);
    for (int round = 1; round < times; round++) {
      for (Experience experience : random.shuffle(experiences)) {
        recurring.add(new Experience(recurring.size(), experience.task(), experience.lessons()));
      }
    }
    return new TaskStream("%s, %d times".formatted(name, times), scenario, tasks, recurring);
  }

  /// The same tasks in another scenario.
  public TaskStream in(Scenario other) {
    return new TaskStream(name, other, tasks, experiences);
  }

  /// The same under another name.
  public TaskStream named(String other) {
    return new TaskStream(other, scenario, tasks, experiences);
  }

  private void requireWhole() {
    boolean whole = experiences.size() == tasks.size();
    for (Experience experience : whole ? experiences : Collections.<Experience>emptyList()) {
      int task = experience.index();
      whole &= experience.task() == task;
      whole &= experience.lessons().equals(lessons(task, tasks.get(task)));
    }
    if (!whole) {
      throw new IllegalStateException(
          "The stream '%s' is recurring or blurry already: choose and order its tasks before."
              .formatted(name));
    }
  }

  /// Everything that makes this stream what it is, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of("stream", name, "scenario", scenario, "digest", digest());
  }

  /// SHA-256 of all tasks, and of which lesson is met when, in lower-case hexadecimal.
  public String digest() {
    var digest = new TextDigest();
    tasks.forEach(task -> task.addTo(digest));
    for (Experience experience : experiences) {
      digest.number(experience.task()).number(experience.lessons().size());
      experience.lessons().forEach(lesson -> digest.number(lesson.task()).number(lesson.index()));
    }
    return digest.hex();
  }

  @Override
  public String toString() {
    return "%s: %s, %s"
        .formatted(
            name,
            scenario.name().toLowerCase().replace('_', '-'),
            tasks.stream().map(Task::name).toList());
  }
}
