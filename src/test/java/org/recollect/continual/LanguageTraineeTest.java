package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Lesson;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.model.Prefix;
import org.recollect.model.SoftPrompt;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// What counts as a prediction, and what stands before a text.
class LanguageTraineeTest {
  private static final List<Lesson> TEXTS =
      lessons(new Excerpt("the cat sat"), new Excerpt("on the mat and the cat"));

  private static List<Lesson> lessons(Excerpt... texts) {
    return IntStream.range(0, texts.length).mapToObj(i -> new Lesson(0, i, texts[i])).toList();
  }

  private static LanguageTrainee trainee(long seed) {
    var examples = TEXTS.stream().map(Lesson::example).toList();
    var task = new Task("cats", examples, examples);
    var stream = TaskStream.of("cats", Scenario.DOMAIN_INCREMENTAL, List.of(task));
    return (LanguageTrainee) Base.words(24, 2).begin(stream, seed, new Meter());
  }

  @Test
  void excerptsMayBeginAnywhere() {
    for (long seed = 1; seed <= 3; seed++) {
      try (var trainee = trainee(seed)) {
        double bits = 0;
        int bytes = 0;
        for (Lesson lesson : TEXTS) {
          String text = ((Excerpt) lesson.example()).text();
          bits += bitsAfterTheFirst(trainee, text);
          bytes += text.substring(text.indexOf(' ')).getBytes(StandardCharsets.UTF_8).length;
        }
        assertEquals(-bits / bytes, trainee.score(TEXTS), 1e-5, "seed " + seed);
      }
    }
  }

  private static double bitsAfterTheFirst(LanguageTrainee trainee, String text) {
    int[] tokens = trainee.adaptable().tokenizer().encode(text);
    float[] logits = logits(trainee, tokens);
    int vocabulary = logits.length / tokens.length;
    double bits = 0;
    for (int i = 0; i + 1 < tokens.length; i++) {
      double sum = 0;
      for (int token = 0; token < vocabulary; token++) {
        sum += Math.exp(logits[i * vocabulary + token]);
      }
      bits += (Math.log(sum) - logits[i * vocabulary + tokens[i + 1]]) / Math.log(2);
    }
    return bits;
  }

  private static float[] logits(LanguageTrainee trainee, int[] tokens) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      long[] ids = Arrays.stream(tokens).asLongStream().toArray();
      return Memory.toFloats(
          trainee.model().forward(Memory.ofLongs(manager, ids, 1, tokens.length)));
    }
  }

  @Test
  void oneTokenLeavesNothingToPredict() {
    try (var trainee = trainee(1)) {
      var one = lessons(new Excerpt("cat"));
      var failure = assertThrows(IllegalArgumentException.class, () -> trainee.score(one));
      assertTrue(failure.getMessage().contains("one token, 'cat'"), failure.getMessage());
    }
  }

  @Test
  void aSnapshotKeepsTheVectorsOfItsTime() {
    try (var trainee = trainee(1);
        var prompt = SoftPrompt.random(trainee.adaptable(), 3, 1);
        var prefix = Prefix.random(trainee.adaptable(), 2, 1)) {
      float[] plain = logits(trainee);
      trainee.behind(prompt);
      assertFalse(Arrays.equals(plain, logits(trainee)));
      trainee.behind(prefix);
      float[] before = logits(trainee);
      try (var snapshot = trainee.snapshot()) {
        assertArrayEquals(before, logits(snapshot));
        prefix.weights().asMap().values().forEach(array -> array.muli(2f));
        assertFalse(Arrays.equals(before, logits(trainee)));
        assertArrayEquals(before, logits(snapshot));
      }
    }
  }

  /// Examples are encoded once: what fitted a bare model must fit behind vectors, too.
  @Test
  void examplesMustFitBehindVectors() {
    try (var trainee = trainee(1)) {
      float[] plain = logits(trainee);
      int context = trainee.adaptable().config().contextLength();
      try (var all = SoftPrompt.random(trainee.adaptable(), context - 1, 1)) {
        var failure = assertThrows(IllegalArgumentException.class, () -> trainee.behind(all));
        assertTrue(failure.getMessage().contains("there are 1 left"), failure.getMessage());
        assertArrayEquals(plain, logits(trainee));
      }
      int longest =
          TEXTS.stream()
              .map(lesson -> ((Excerpt) lesson.example()).text())
              .mapToInt(trainee.adaptable().tokenizer()::count)
              .max()
              .orElseThrow();
      // The last token is predicted and not read.
      try (var most = SoftPrompt.random(trainee.adaptable(), context - longest + 1, 1)) {
        trainee.behind(most);
        assertFalse(Arrays.equals(plain, logits(trainee)));
      }
    }
  }

  private static float[] logits(Trainee trainee) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      return Memory.toFloats(trainee.logits(TEXTS));
    }
  }
}
