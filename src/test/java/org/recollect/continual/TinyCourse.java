package org.recollect.continual;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.recollect.data.Example;
import org.recollect.data.Example.Question;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Scenario;
import org.recollect.data.Split;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.data.TaskStreams;
import org.recollect.lab.Meter;

/// Courses of seconds, for tests.
final class TinyCourse {
  /// Names the stream that a Transformer reads.
  private static final String PATCHES = "glyphs in patches";

  static final Recipe RECIPE = Recipe.of(6, 4, 3e-3);

  private TinyCourse() {}

  /// Three ways to answer with two letters.
  static TaskStream letters() {
    return TaskStream.of(
        "letters",
        Scenario.DOMAIN_INCREMENTAL,
        List.of(letters("same", 0), letters("swap", 1), letters("first", 2)));
  }

  private static Task letters(String name, int rule) {
    var train = new ArrayList<Example>();
    var test = new ArrayList<Example>();
    for (int i = 0; i < 25; i++) {
      String a = " " + (char) ('a' + i % 5);
      String b = " " + (char) ('a' + i / 5);
      String answer =
          switch (rule) {
            case 0 -> a + b;
            case 1 -> b + a;
            default -> a + a;
          };
      (i % 4 == 3 ? test : train).add(new Question(name + a + b + " =", answer + " ;", answer));
    }
    return new Task(name, train, test);
  }

  /// A task of what the base has learned before.
  static Task general() {
    return letters("general", 0);
  }

  /// Three tasks of two classes each.
  static TaskStream glyphs() {
    var glyphs = Glyphs.of("ABCDEF").sized(8);
    return TaskStreams.classes(
        LabelledPictures.draw(glyphs, GlyphStyle.MIXED, Split.TRAIN, 6, 1),
        LabelledPictures.draw(glyphs, GlyphStyle.MIXED, Split.TEST, 4, 1),
        2);
  }

  /// The same for a Transformer.
  static TaskStream patches() {
    return glyphs().named(PATCHES);
  }

  static Base base(TaskStream stream) {
    if (stream.tasks().getFirst().train().getFirst() instanceof Question) {
      return Base.words(24, 2);
    }
    return stream.name().equals(PATCHES) ? Base.visionTransformer() : Base.convNet();
  }

  static Teacher teacher(Strategy strategy, TaskStream stream, long seed) {
    return teacher(strategy, stream, seed, Optional.empty());
  }

  static Teacher teacher(Strategy strategy, TaskStream stream, long seed, Optional<Watch> watch) {
    var trainee = base(stream).begin(stream, seed, new Meter());
    var start = new Start(trainee, stream, Base.lessons(general()), RECIPE, seed);
    return new Teacher(strategy, start, watch, false);
  }
}
