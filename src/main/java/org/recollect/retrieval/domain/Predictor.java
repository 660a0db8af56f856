package org.recollect.retrieval.domain;

import java.util.Arrays;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// What gives each next token of a text a probability: a model, or a look-up.
public interface Predictor extends AutoCloseable {

  /// Reads a text from its beginning.
  ///
  /// @param text token ids, at least two
  /// @return the natural logarithm of the probability of each token but the first `[tokens - 1]`;
  ///   minus infinity for what cannot be
  double[] logLikelihoods(int[] text);

  /// What each of several texts is given, see [#logLikelihoods(int\[\])].
  ///
  /// @return `[texts][tokens - 1]`
  default double[][] logLikelihoods(int[][] texts) {
    return Arrays.stream(texts).map(this::logLikelihoods).toArray(double[][]::new);
  }

  /// Frees what this predictor owns.
  @Override
  default void close() {}

  /// A model as it is, which the caller closes.
  static Predictor of(LanguageModel model) {
    return text -> {
      try (var manager = Torch.manager();
          var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        int[] read = Arrays.copyOf(text, text.length - 1);
        int[] next = Arrays.copyOfRange(text, 1, text.length);
        var logits = model.forward(Memory.ofInts(manager, read, 1, read.length)).squeeze(0);
        var targets = Memory.ofInts(manager, next, next.length, 1);
        float[] logs = Memory.toFloats(Ops.logSoftmax(logits).gather(targets, 1).squeeze(1));
        double[] wide = new double[logs.length];
        Arrays.setAll(wide, i -> logs[i]);
        return wide;
      }
    };
  }

  /// The same, which closes the model.
  static Predictor owning(LanguageModel model) {
    var plain = of(model);
    return new Predictor() {
      @Override
      public double[] logLikelihoods(int[] text) {
        return plain.logLikelihoods(text);
      }

      @Override
      public void close() {
        model.close();
      }
    };
  }
}
