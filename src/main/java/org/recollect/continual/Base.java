package org.recollect.continual;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.data.Corpora;
import org.recollect.data.Example;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Picture;
import org.recollect.data.Example.Question;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Lesson;
import org.recollect.data.Scenario;
import org.recollect.data.Skill;
import org.recollect.data.SkillTask;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.data.TaskStreams;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Meter;
import org.recollect.lab.Scale;
import org.recollect.model.ConvNet;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;

/// The subject of a study of continual tuning: a model before the first task of a stream.
///
/// ```java
/// Base.of(Models.microJava(), general)          // a trained model, and what it was trained on
/// Base.words(96, 2).taught(general, recipe)     // a small one, taught something first
/// Base.convNet()                                // a classifier of pictures that knows nothing
/// ```
public sealed interface Base {

  /// Stands for the task of lessons that are of none.
  int NO_TASK = -1;

  /// Decides the questions of [#skills].
  long SKILL_SEED = 1;

  /// As captions name it.
  String name();

  /// Everything that makes it what it is, for the hash of a trial.
  Map<String, ?> configuration();

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
    return new Known(this, general);
  }

  /// A trained model, which must outlive the study.
  ///
  /// @param general what it was trained on, see [Task]
  static Base of(LanguageModel model, Task general) {
    return new Pretrained(model, general);
  }

  /// A model of whole words with random weights: `hidden` channels in heads of 24, and a
  /// feed-forward layer of 8/3 of its width. Its vocabulary is that of the stream's questions.
  ///
  /// @param hidden a multiple of 24
  static Words words(int hidden, int layers) {
    return new Words(hidden, layers, List.of(), Optional.empty(), Optional.empty());
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
    return new Blank();
  }

  /// See [#of].
  record Pretrained(LanguageModel model, Task task) implements Base {

    @Override
    public String name() {
      return model.config().size();
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("weights", model.weights().digest(), "general", task.digest());
    }

    @Override
    public Optional<Task> general() {
      return Optional.of(task);
    }

    @Override
    public Trainee begin(TaskStream stream, long seed, Meter meter) {
      return new LanguageTrainee(model.withWeights(model.weights().copy()), new Effort(meter));
    }
  }

  /// See [#words].
  record Words(
      int hidden, int layers, List<String> texts, Optional<Task> general, Optional<Recipe> lessons)
      implements Base {
    private static final int HEAD = 24;
    private static final int CONTEXT = 256;

    public Words {
      if (hidden < HEAD || hidden % HEAD != 0 || layers < 1) {
        throw new IllegalArgumentException(
            "A model of words has heads of %d channels and at least one layer, not %d channels and %d layers."
                .formatted(HEAD, hidden, layers));
      }
    }

    /// The same with the words of some texts in its vocabulary as well: what it has been taught
    /// then serves every stream of these words.
    public Words withWords(List<String> words) {
      return new Words(hidden, layers, List.copyOf(words), general, lessons);
    }

    /// The same taught something before the stream begins; once, and then from the cache.
    public Words taught(Task general, Recipe recipe) {
      return new Words(hidden, layers, texts, Optional.of(general), Optional.of(recipe));
    }

    @Override
    public String name() {
      return "words, %d channels, %d layers".formatted(hidden, layers);
    }

    @Override
    public Map<String, ?> configuration() {
      var configuration = new LinkedHashMap<String, Object>();
      configuration.put("hidden", hidden);
      configuration.put("layers", layers);
      configuration.put("texts", texts);
      general.ifPresent(task -> configuration.put("general", task.digest()));
      lessons.ifPresent(recipe -> configuration.put("lessons", recipe));
      return configuration;
    }

    @Override
    public Trainee begin(TaskStream stream, long seed, Meter meter) {
      var model = model(stream, seed);
      return new LanguageTrainee(model, new Effort(meter));
    }

    private LanguageModel model(TaskStream stream, long seed) {
      var all = new ArrayList<>(texts);
      stream.tasks().forEach(task -> add(task, all));
      general.ifPresent(task -> add(task, all));
      var blank = Models.ofWords(all, hidden, HEAD, layers, CONTEXT, seed);
      if (general.isEmpty()) {
        return blank;
      }
      Weights weights =
          Checkpoints.cached()
              .get(() -> taught(blank, seed), configuration(), vocabulary(blank.tokenizer()), seed);
      blank.weights().overwrite(weights);
      weights.close();
      return blank;
    }

    private static List<String> vocabulary(Tokenizer words) {
      return IntStream.range(0, words.vocabularySize()).mapToObj(words::decode).toList();
    }

    private Weights taught(LanguageModel blank, long seed) {
      var stream =
          TaskStream.of("general", Scenario.DOMAIN_INCREMENTAL, List.of(general.orElseThrow()));
      var pupil = blank.withWeights(blank.weights().copy());
      var trainee = new LanguageTrainee(pupil, new Effort(new Meter()));
      var start = new Start(trainee, stream, List.of(), lessons.orElseThrow(), seed);
      try (var teacher = new Teacher(Continual.sequential(), start)) {
        teacher.teach();
        return pupil.weights().copy();
      }
    }

    private static void add(Task task, List<String> texts) {
      for (var part : List.of(task.train(), task.test())) {
        for (Example example : part) {
          switch (example) {
            case Question(String prompt, String answer, String _) -> {
              texts.add(prompt);
              texts.add(answer);
            }
            case Excerpt(String text) -> texts.add(text);
            case Picture _ ->
                throw new IllegalArgumentException(
                    "A model of words cannot see pictures: take Base.convNet().");
          }
        }
      }
    }
  }

  /// See [#convNet].
  record Blank() implements Base {

    @Override
    public String name() {
      return "ConvNet";
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }

    @Override
    public Optional<Task> general() {
      return Optional.empty();
    }

    @Override
    public Trainee begin(TaskStream stream, long seed, Meter meter) {
      var classes = stream.tasks().stream().map(Blank::labels).toList();
      var all = new TreeSet<Integer>();
      classes.forEach(all::addAll);
      var first = item(stream.tasks().getFirst().train().getFirst());
      int pixels = (int) Math.round(Math.sqrt(first.planes().length));
      boolean told = stream.scenario() == Scenario.TASK_INCREMENTAL;
      return new PictureTrainee(
          ConvNet.random(1, all.last() + 1, RandomStream.of(seed, "base")),
          pixels,
          told ? Optional.of(classes) : Optional.empty(),
          new Effort(meter));
    }

    private static SequencedSet<Integer> labels(Task task) {
      var labels = new LinkedHashSet<Integer>();
      task.train().forEach(example -> labels.add(item(example).label()));
      return labels;
    }

    private static LabelledPictures.Item item(Example example) {
      if (example instanceof Picture(var item)) {
        return item;
      }
      throw new IllegalArgumentException(
          "A ConvNet cannot read: take Base.words(...), or a stream of pictures.");
    }
  }

  /// See [#knowing].
  record Known(Base base, Task task) implements Base {

    @Override
    public String name() {
      return base.name();
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("base", base.configuration(), "general", task.digest());
    }

    @Override
    public Optional<Task> general() {
      return Optional.of(task);
    }

    @Override
    public Trainee begin(TaskStream stream, long seed, Meter meter) {
      return base.begin(stream, seed, meter);
    }
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
