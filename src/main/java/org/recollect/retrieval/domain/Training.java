package org.recollect.retrieval.domain;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.function.Function;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// How weights learn from the texts of a domain: some epochs over all of them in random order, by
/// AdamW with the betas 0.9 and 0.999 and no decay, the rate falling in a straight line to 0 (the
/// released code of Memory Decoder), gradients clipped at 1 *(inferred)*.
///
/// @param epochs over the texts, at least 1
/// @param rows texts in a step, at least 1
/// @param rate the first learning rate, above 0
public record Training(int epochs, int rows, double rate) {

  public Training {
    if (epochs < 1 || rows < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "Texts are learned in at least one epoch, at least one at a time and at a rate above 0; got %d epochs of %d at %s."
              .formatted(epochs, rows, rate));
    }
  }

  /// The same with another number of epochs.
  public Training epochs(int other) {
    return new Training(other, rows, rate);
  }

  /// The same at another rate.
  public Training rate(double other) {
    return new Training(epochs, rows, other);
  }

  /// Predictions that are learned from in all.
  ///
  /// @param texts `[texts][length + 1]`
  public long predictions(int[][] texts) {
    return (long) epochs * texts.length * (texts[0].length - 1);
  }

  /// Trains weights in place on the next token.
  ///
  /// @param weights of the model, or of what is laid over it
  /// @param texts token ids `[texts][length + 1]`
  public void run(LanguageModel model, Weights weights, int[][] texts, long seed, Meter meter) {
    var likelihood = new Imitation(0);
    run(
        weights,
        texts,
        seed,
        meter,
        rows -> likelihood.loss(logits(model, texts, rows), next(texts, rows), null, null));
  }

  /// Trains weights in place.
  ///
  /// @param loss of the texts of these numbers, a scalar
  void run(Weights weights, int[][] texts, long seed, Meter meter, Function<int[], NDArray> loss) {
    int steps = Math.ceilDiv(texts.length, rows);
    var schedule = new Schedule.Linear(rate, (long) epochs * steps);
    var optimizer = new AdamW(0.9, 0.999, 1e-8, 0);
    try (var trainer = new Trainer(weights, optimizer, schedule, 1)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order = RandomStream.of(seed, "tuning", epoch).indices(texts.length, texts.length);
        for (int step = 0; step < steps; step++) {
          int to = Math.min(texts.length, (step + 1) * rows);
          int[] chosen = Arrays.copyOfRange(order, step * rows, to);
          trainer.step(() -> loss.apply(chosen));
          meter.tokens((long) chosen.length * (texts[0].length - 1)).modelCalls(1);
        }
      }
    }
  }

  /// A model's logits of the texts of these numbers, one after another `[rows * length][vocab]`.
  static NDArray logits(LanguageModel model, int[][] texts, int[] rows) {
    int length = texts[0].length - 1;
    int[] read = new int[rows.length * length];
    for (int row = 0; row < rows.length; row++) {
      System.arraycopy(texts[rows[row]], 0, read, row * length, length);
    }
    var manager = model.weights().get("model.norm.weight").getManager();
    return model
        .forward(Memory.ofInts(manager, read, rows.length, length))
        .reshape(read.length, -1);
  }

  /// The tokens that follow, likewise `[rows * length]`.
  static int[] next(int[][] texts, int[] rows) {
    return Arrays.stream(rows).flatMap(row -> Arrays.stream(texts[row]).skip(1)).toArray();
  }
}
