package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.function.Supplier;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.tensor.RandomStream;

/// A small shape and batches to train it on.
final class Lessons {

  static final ModelConfig SHAPE = new ModelConfig(37, 16, 24, 2, 2, 1, 8, 10_000, 1e-5, 64, true);

  private Lessons() {}

  /// Random tokens with random weights.
  static Batch batch(long seed, int rows, int length) {
    return Mixture.of(noise()).next(rows, length, RandomStream.of(seed, "batch"));
  }

  static SequenceSource noise() {
    return new SequenceSource() {
      @Override
      public String name() {
        return "noise";
      }

      @Override
      public Sequence next(int length, RandomStream random) {
        int[] tokens = random.ints(length + 1, 0, SHAPE.vocabSize()).toArray();
        float[] weights = new float[length];
        for (int i = 0; i < length; i++) {
          weights[i] = random.nextFloat();
        }
        return new Sequence(tokens, weights);
      }
    };
  }

  static Supplier<NDArray> loss(LanguageModel model, Batch batch) {
    return () -> NextToken.loss(model, batch);
  }
}
