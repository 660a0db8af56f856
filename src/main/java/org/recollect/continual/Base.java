package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.data.Corpora;
import org.recollect.data.Example;
import org.recollect.data.Lesson;
import org.recollect.data.Skill;
import org.recollect.data.SkillTask;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.data.TaskStreams;
import org.recollect.lab.Configured;
import org.recollect.lab.Meter;
import org.recollect.lab.Scale;
import org.recollect.model.LanguageModel;

/// The subject of a study of continual tuning: a model before the first task of a stream.
///
/// ```java
/// Base.of(Models.microJava(), general)          // a trained model, and what it was trained on
/// Base.words(96, 2).taught(general, recipe)     // a small one, taught something first
/// Base.convNet()                                // a classifier of pictures that knows nothing
/// ```
public sealed interface Base extends Configured
    permits PretrainedBase, WordBase, PictureBase, KnownBase {

  /// Stands for the task of lessons that are of none.
  int NO_TASK = -1;

  /// Decides the questions of [#skills].
  long SKILL_SEED = 1;

  /// As captions name it.
  String name();

  /// What it was trained on, with examples to judge by what it keeps of that; none where it has
  /// learned nothing.
  Optional<Task> general();

  /// A model for a stream; the caller closes it.
  ///
  /// @param meter that training counts on
  Trainee begin(TaskStream stream, long seed, Meter meter);

  /// The same with other examples of what it knows: to judge by what it keeps, and for strategies
  /// to draw general samples from.
  default Base knowing(Task general) {
    return new KnownBase(this, general);
  }

  /// A trained model, which must outlive the study.
  ///
  /// @param general what it was trained on, see [Task]
  static Base of(LanguageModel model, Task general) {
    return new PretrainedBase(model, general);
  }

  /// A model of whole words with random weights: `hidden` channels in heads of 24, and a
  /// feed-forward layer of 8/3 of its width. Its vocabulary is that of the stream's questions.
  ///
  /// @param hidden a multiple of 24
  static WordBase words(int hidden, int layers) {
    return new WordBase(hidden, layers, List.of(), Optional.empty(), Optional.empty());
  }

  /// A model of 96 channels and 2 layers, a quarter of a million weights, that has been taught some
  /// skills before the stream begins: in half a minute at laptop scale, once for each seed.
  ///
  /// @param known what it can do at the beginning, such as [Skill#COPY]; the general score is on
  ///   these
  static Base skills(Skill... known) {
    var train = new ArrayList<Example>();
    var test = new ArrayList<Example>();
    int judged = general(Scale.current());
    for (Skill skill : known) {
      train.addAll(skill.task(SKILL_SEED).train(SkillTask.MOST));
      test.addAll(skill.task(SKILL_SEED).test(judged / known.length));
    }
    var name = Arrays.stream(known).map(Skill::title).collect(Collectors.joining(", "));
    int steps = Scale.current().pick(20, 400, 400);
    return words(96, 2)
        .withWords(Skill.vocabulary())
        .taught(new Task(name, train, test), Recipe.of(steps, 32, 2e-3));
  }

  /// A model that was trained on the JDK's module `java.base`, such as [Models#microJava]; it must
  /// outlive the study. The general score is minus the bits per byte of `java.util`, `java.io`,
  /// `java.nio` and `java.time`.
  static Base java(LanguageModel model) {
    var corpus = Corpora.jdk("java.util..", "java.io", "java.nio..", "java.time..");
    return of(model, TaskStreams.text("java.base", corpus, 1000, general(Scale.current())));
  }

  /// Examples that the general score is measured on.
  private static int general(Scale scale) {
    return scale.pick(10, 100, 300);
  }

  /// A [ConvNet] with random weights.
  static Base convNet() {
    return new PictureBase(false);
  }

  /// A [VisionTransformer] with random weights, of 4 layers of 64 channels, which reads a picture
  /// in 4 by 4 patches: for strategies that lay something over linear maps.
  static Base visionTransformer() {
    return new PictureBase(true);
  }

  /// What a task is learned from, as lessons of no task of a stream.
  static List<Lesson> lessons(Task task) {
    return lessons(task.train());
  }

  /// What it is judged by, likewise.
  static List<Lesson> judged(Task task) {
    return lessons(task.test());
  }

  private static List<Lesson> lessons(List<Example> examples) {
    return IntStream.range(0, examples.size())
        .mapToObj(i -> new Lesson(NO_TASK, i, examples.get(i)))
        .toList();
  }
}
