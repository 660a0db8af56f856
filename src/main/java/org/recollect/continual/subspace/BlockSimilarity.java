package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.recollect.continual.LanguageTrainee;
import org.recollect.data.Example;
import org.recollect.data.Lesson;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// How alike the residual stream is before and after each block: the mean cosine over all tokens. A
/// block that turns it little is near the identity.
final class BlockSimilarity {
  private BlockSimilarity() {}

  /// Of each block in order `[layers]`, -1 to 1.
  ///
  /// @param lessons at least one
  static double[] of(LanguageTrainee trainee, List<Lesson> lessons) {
    var model = trainee.model();
    int layers = model.config().layers();
    var sums = new double[layers];
    long tokens = 0;
    for (Lesson lesson : lessons) {
      int[] read = tokens(model, lesson.example());
      tokens += read.length;
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        add(model, read, sums);
      }
    }
    long all = tokens;
    return Arrays.stream(sums).map(sum -> sum / all).toArray();
  }

  private static void add(LanguageModel model, int[] read, double[] sums) {
    var stream = new NDArray[sums.length + 1];
    var tap =
        new Tap() {
          @Override
          public void hidden(int layer, NDArray hidden) {
            stream[layer] = hidden.duplicate();
          }
        };
    var manager = model.weights().asMap().values().iterator().next().getManager();
    model.hidden(Memory.ofInts(manager, read, 1, read.length), tap);
    for (int layer = 0; layer < sums.length; layer++) {
      sums[layer] += cosines(stream[layer], stream[layer + 1]).sum().getFloat();
    }
  }

  /// @param a `[1][tokens][width]`
  /// @return `[1][tokens]`
  private static NDArray cosines(NDArray a, NDArray b) {
    var last = new int[] {2};
    var lengths = Ops.square(a).sum(last).mul(Ops.square(b).sum(last)).sqrt();
    return a.mul(b).sum(last).div(lengths);
  }

  private static int[] tokens(LanguageModel model, Example example) {
    String text =
        switch (example) {
          case Example.Question question -> question.prompt() + question.answer();
          case Example.Excerpt excerpt -> excerpt.text();
          case Example.Picture _ ->
              throw new IllegalArgumentException(
                  "Pictures have no tokens: give questions or text.");
        };
    int[] tokens = model.tokenizer().encode(text);
    return Arrays.copyOf(tokens, Math.min(tokens.length, model.config().contextLength()));
  }
}
