package org.recollect.continual;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.data.Example;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Picture;
import org.recollect.data.Example.Question;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Weights;

/// A model of whole words with random weights, or one that was taught something first, see
/// [Base#words].
///
/// @param hidden channels, a multiple of 24
/// @param layers at least 1
/// @param texts whose words it knows besides those of the stream
/// @param general what it is taught before the stream, if anything
/// @param lessons by which it is taught
public record WordBase(
    int hidden, int layers, List<String> texts, Optional<Task> general, Optional<Recipe> lessons)
    implements Base {
  private static final int HEAD = 24;
  private static final int CONTEXT = 256;

  public WordBase {
    if (hidden < HEAD || hidden % HEAD != 0 || layers < 1) {
      throw new IllegalArgumentException(
          "A model of words has heads of %d channels and at least one layer, not %d channels and %d layers."
              .formatted(HEAD, hidden, layers));
    }
  }

  /// The same with the words of some texts in its vocabulary as well: what it has been taught then
  /// serves every stream of these words.
  public WordBase withWords(List<String> words) {
    return new WordBase(hidden, layers, List.copyOf(words), general, lessons);
  }

  /// The same taught something before the stream begins; once, and then from the cache.
  public WordBase taught(Task general, Recipe recipe) {
    return new WordBase(hidden, layers, texts, Optional.of(general), Optional.of(recipe));
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
