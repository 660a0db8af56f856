package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Picture;
import org.recollect.data.Example.Question;
import org.recollect.tensor.RandomStream;

/// Where streams of tasks come from.
public final class TaskStreams {
  /// About a hundred tokens of Java.
  private static final int EXCERPT_BYTES = 320;

  private static final int REST_BYTES = 16;

  private TaskStreams() {}

  /// Text of one domain after another: packages of the running JDK, see [Corpora#jdk].
  ///
  /// @param learned excerpts of each, at most
  /// @param judged excerpts of each, at most, from other files
  /// @param packages one a task, such as `java.sql` or `javax.swing..`
  public static TaskStream domains(int learned, int judged, String... packages) {
    var tasks =
        Arrays.stream(packages)
            .map(name -> text(name, Corpora.jdk(name), learned, judged))
            .toList();
    return TaskStream.of("JDK domains", Scenario.DOMAIN_INCREMENTAL, tasks);
  }

  /// The text of a corpus as a task: excerpts of whole lines, at most 320 bytes each, at random
  /// places of its documents; what is judged comes from other documents than what is learned. Rests
  /// of fewer than 16 bytes, in which there is next to nothing to predict, are left out.
  ///
  /// @param learned excerpts, at most
  /// @param judged excerpts, at most
  public static Task text(String name, Corpus corpus, int learned, int judged) {
    return new Task(
        name, excerpts(corpus.train(), learned, "train"), excerpts(corpus.test(), judged, "test"));
  }

  private static List<Example> excerpts(Corpus corpus, int count, String part) {
    var all = new ArrayList<Example>();
    corpus.documents().forEach(document -> all.addAll(cut(document.text())));
    var order = RandomStream.of(0, "excerpts", corpus.name(), part).shuffle(all);
    return order.subList(0, Math.min(count, order.size()));
  }

  /// Whole lines; one that is longer than an excerpt by itself is left out, as it is mostly data.
  private static List<Example> cut(String text) {
    var excerpts = new ArrayList<Example>();
    var excerpt = new StringBuilder();
    for (String line : text.lines().toList()) {
      if (line.length() >= EXCERPT_BYTES) {
        continue;
      }
      if (excerpt.length() + line.length() + 1 > EXCERPT_BYTES) {
        excerpts.add(new Excerpt(excerpt.toString()));
        excerpt.setLength(0);
      }
      excerpt.append(line).append('\n');
    }
    if (excerpt.length() >= REST_BYTES) {
      excerpts.add(new Excerpt(excerpt.toString()));
    }
    return excerpts;
  }

  /// One small skill after another, each named in its prompts.
  ///
  /// @param learned questions of each, at most 2 000
  /// @param judged questions of each, at most 300
  /// @param seed decides which inputs are drawn
  public static TaskStream skills(int learned, int judged, long seed, Skill... skills) {
    return skills(learned, judged, Arrays.stream(skills).map(skill -> skill.task(seed)).toList());
  }

  /// The same of tasks that may be unnamed, or answered in other styles.
  public static TaskStream skills(int learned, int judged, List<SkillTask> skills) {
    var tasks = skills.stream().map(skill -> skill(learned, judged, skill)).toList();
    boolean named = skills.stream().allMatch(SkillTask::named);
    return TaskStream.of(named ? "skills" : "unnamed skills", Scenario.DOMAIN_INCREMENTAL, tasks);
  }

  /// One skill as a task.
  public static Task skill(int learned, int judged, SkillTask skill) {
    return new Task(
        skill.skill().title(), List.copyOf(skill.train(learned)), List.copyOf(skill.test(judged)));
  }

  /// The persons of a world in groups, one group after another. A fact is learned in four wordings
  /// of its question and judged in a fifth.
  ///
  /// @param groups at least one, with a person each at least
  public static TaskStream facts(FictiBio world, int groups) {
    var split = world.forget(0.10);
    var items = Stream.concat(split.forget().stream(), split.retain().stream()).toList();
    var persons = items.stream().map(QaItem::about).distinct().toList();
    if (groups < 1 || groups > persons.size()) {
      throw new IllegalArgumentException(
          "%d persons make 1 to %d groups, not %d."
              .formatted(persons.size(), persons.size(), groups));
    }
    var tasks = new ArrayList<Task>();
    for (int group = 0; group < groups; group++) {
      int from = persons.size() * group / groups;
      var about = persons.subList(from, persons.size() * (group + 1) / groups);
      var of = items.stream().filter(item -> about.contains(item.about())).toList();
      tasks.add(
          new Task(
              "persons %d to %d".formatted(from + 1, from + about.size()),
              of.stream().flatMap(TaskStreams::learned).toList(),
              of.stream().map(TaskStreams::judged).toList()));
    }
    return TaskStream.of("facts", Scenario.DOMAIN_INCREMENTAL, tasks);
  }

  private static Stream<Example> learned(QaItem item) {
    var wordings = item.rephrasings().subList(0, item.rephrasings().size() - 1);
    return Stream.concat(Stream.of(item.question()), wordings.stream())
        .map(question -> new Question(question, " " + item.answer()));
  }

  private static Example judged(QaItem item) {
    return new Question(item.rephrasings().getLast(), " " + item.answer());
  }

  /// A few new classes at a time ("Split" benchmarks).
  ///
  /// @param learned pictures of all classes
  /// @param judged of the same classes
  /// @param perTask classes of a task; divides their number
  public static TaskStream classes(LabelledPictures learned, LabelledPictures judged, int perTask) {
    int classes = learned.classes().size();
    if (perTask < 1 || classes % perTask != 0) {
      throw new IllegalArgumentException(
          "%d classes cannot be dealt in tasks of %d.".formatted(classes, perTask));
    }
    var tasks =
        IntStream.range(0, classes / perTask)
            .mapToObj(task -> {
              int from = task * perTask;
              int to = from + perTask;
              var name = String.join("", learned.classes().subList(from, to));
              return new Task(
                  name,
                  pictures(learned.where(item -> item.label() >= from && item.label() < to)),
                  pictures(judged.where(item -> item.label() >= from && item.label() < to)));
            })
            .toList();
    return TaskStream.of("split glyphs", Scenario.CLASS_INCREMENTAL, tasks);
  }

  /// The same pictures turned by one angle after another ("Rotated" benchmarks).
  ///
  /// @param degrees of each task, anticlockwise
  public static TaskStream rotated(
      LabelledPictures learned, LabelledPictures judged, double... degrees) {
    var tasks =
        Arrays.stream(degrees)
            .mapToObj(angle ->
                new Task(
                    "%.0f°".formatted(angle),
                    pictures(learned.turned(angle)),
                    pictures(judged.turned(angle))))
            .toList();
    return TaskStream.of("rotated glyphs", Scenario.DOMAIN_INCREMENTAL, tasks);
  }

  /// The same pictures with their pixels in one random order after another; the first task has them
  /// as they are ("Permuted" benchmarks).
  public static TaskStream permuted(
      LabelledPictures learned, LabelledPictures judged, int count, long seed) {
    var tasks =
        IntStream.range(0, count)
            .mapToObj(task -> {
              int places = learned.pixels() * learned.pixels();
              int[] order =
                  task == 0
                      ? IntStream.range(0, places).toArray()
                      : RandomStream.of(seed, "order of pixels", task).indices(places, places);
              return new Task(
                  "order " + (task + 1),
                  pictures(learned.permuted(order)),
                  pictures(judged.permuted(order)));
            })
            .toList();
    return TaskStream.of("permuted glyphs", Scenario.DOMAIN_INCREMENTAL, tasks);
  }

  private static List<Example> pictures(LabelledPictures pictures) {
    return pictures.items().stream().<Example>map(Picture::new).toList();
  }
}
