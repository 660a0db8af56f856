package org.recollect.continual.subspace;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.continual.Base;
import org.recollect.continual.LanguageTrainee;
import org.recollect.data.Example;
import org.recollect.data.Skill;
import org.recollect.data.TaskStream;
import org.recollect.data.TaskStreams;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

class BlockSimilarityTest {
  private static final TaskStream STREAM = TaskStreams.skills(6, 2, 1, Skill.COPY, Skill.ADD);

  private static LanguageTrainee trainee() {
    return (LanguageTrainee) Base.words(24, 2).begin(STREAM, 1, new Meter());
  }

  @Test
  void aBlockOfZerosLeavesTheStreamAsItIs() {
    try (var trainee = trainee();
        var _ = Torch.newScope()) {
      silence(trainee, 0);
      double[] cosines = BlockSimilarity.of(trainee, STREAM.lessons());
      assertEquals(1, cosines[0], 1e-5);
      assertTrue(cosines[1] < 0.9999, "cosine " + cosines[1]);
      silence(trainee, 1);
      assertArrayEquals(new double[] {1, 1}, BlockSimilarity.of(trainee, STREAM.lessons()), 1e-5);
    }
  }

  private static void silence(LanguageTrainee trainee, int block) {
    trainee
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          if (name.startsWith("model.layers.%d.".formatted(block))) {
            Memory.view(weight).fill((byte) 0);
          }
        });
  }

  /// The last block's output is what the norm before the head is given.
  @Test
  void agreesWithTheResidualStreamItself() {
    try (var trainee = trainee();
        var manager = Torch.manager();
        var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      silence(trainee, 1);
      var lesson = STREAM.lessons().getFirst();
      var model = trainee.model();
      var question = (Example.Question) lesson.example();
      int[] tokens = model.tokenizer().encode(question.prompt() + question.answer());
      var ids = Memory.ofInts(manager, tokens, 1, tokens.length);
      var before = model.embed(ids).reshape(tokens.length, 24);
      // The second block is silent, and the norm's own weights are 1: one direction, another
      // length.
      var after = model.hidden(ids).reshape(tokens.length, 24);
      double expected = mean(cosines(before, after));
      assertEquals(expected, BlockSimilarity.of(trainee, List.of(lesson))[0], 1e-5);
    }
  }

  private static NDArray cosines(NDArray a, NDArray b) {
    var last = new int[] {1};
    return a.mul(b)
        .sum(last)
        .div(Ops.square(a).sum(last).sqrt().mul(Ops.square(b).sum(last).sqrt()));
  }

  private static double mean(NDArray values) {
    double sum = 0;
    for (float value : Memory.toFloats(values)) {
      sum += value;
    }
    return sum / values.size();
  }
}
