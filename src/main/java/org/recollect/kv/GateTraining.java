package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.recollect.data.Corpus;
import org.recollect.data.RecallItem.Part;
import org.recollect.lab.Fingerprint;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.CacheFolder;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Batch;
import org.recollect.train.Mixture;
import org.recollect.train.NextToken;
import org.recollect.train.Optimizer;
import org.recollect.train.RecallSequences;
import org.recollect.train.Schedule;
import org.recollect.train.TextWindows;
import org.recollect.train.Trainer;

/// Continual pre-training of [Gates] before a frozen model: it reads text and recall tasks, half of
/// the sequences each, through the gates, and what it predicts worse than it could teaches them
/// what to keep.
///
/// The loss is the cross-entropy `+ alpha * mean over layers |mean(p) - keep|`, `alpha` rising over
/// the first tenth of the steps.
///
/// @param keep the share of tokens to be kept, the paper's beta; .4 there
/// @param alpha how much missing it costs, in nats; 1 in the paper
/// @param steps of the optimiser
/// @param rows sequences in a batch
/// @param length tokens in a sequence
/// @param rate the highest learning rate of the matrices; biases have four times as much, so that
///   the rate is reached while there are steps left to learn at it (inferred)
/// @param seed of the first gates and of the batches
public record GateTraining(
    double keep, double alpha, int steps, int rows, int length, double rate, long seed) {

  /// What makes the weights of the losses; see [RecallSequences].
  private static final Map<Part, Double> WEIGHTS =
      Map.of(Part.FILLER, 1.0, Part.QUERY, 0.1, Part.ANSWER, 4.0);

  /// Without decay: biases take the second rule.
  static final Optimizer OPTIMIZER =
      Optimizer.split(new AdamW(0.9, 0.95, 1e-8, 0), new AdamW(0.9, 0.95, 1e-8, 0), 4);

  public GateTraining {
    if (!(keep > 0 && keep <= 1) || !(alpha >= 0) || steps < 1 || rows < 1 || length < 2) {
      throw new IllegalArgumentException(
          "Gates keep a share above 0 and up to 1 and learn it in at least one step of at least one sequence; got a share of %s, alpha %s and %d steps of %d x %d tokens."
              .formatted(keep, alpha, steps, rows, length));
    }
  }

  /// Training for a share of kept tokens, in batches of eight sequences of 256 tokens.
  public static GateTraining keeping(double share, int steps) {
    return new GateTraining(share, 1, steps, 8, 256, 1e-2, 1);
  }

  /// Trained gates, read from the cache folder where the same training has been done before.
  ///
  /// @param model frozen; the gates' tokens are its own
  /// @param corpus its *training* part is read
  public Gates train(LanguageModel model, Corpus corpus) {
    String recipe =
        Fingerprint.of(
            this, model.config(), model.weights().digest(), corpus.digest(), Fingerprint.library());
    var file = CacheFolder.path().resolve("gates").resolve(recipe + ".safetensors");
    if (!Files.isRegularFile(file)) {
      try (var gates = afresh(model, corpus)) {
        gates.save(file);
      }
    }
    return Gates.read(file, model);
  }

  private Gates afresh(LanguageModel model, Corpus corpus) {
    var gates = Gates.of(model, seed);
    var mixture = mixture(model, corpus.train());
    try (var trainer = new Trainer(gates.weights(), OPTIMIZER, schedule(rate, steps), 1)) {
      for (int step = 0; step < steps; step++) {
        var batch = mixture.next(rows, length, RandomStream.of(seed, "gate batch", step));
        double price = alpha * ramp(step, steps);
        trainer.step(() -> loss(model, gates, batch, price));
      }
    }
    return gates;
  }

  /// How far a warm-up over the first tenth has come.
  static double ramp(int step, int steps) {
    return Math.min(1, (step + 1) / (0.1 * steps));
  }

  static Schedule schedule(double peak, int steps) {
    return new Schedule.Cosine(peak, Math.max(1, steps / 20), steps, 0.05);
  }

  private NDArray loss(LanguageModel model, Gates gates, Batch batch, double price) {
    var manager = gates.weights().asMap().values().iterator().next().getManager();
    float[] all = new float[rows * length];
    Arrays.fill(all, 1);
    var pass = gates.new Pass(Memory.ofFloats(manager, all, rows, 1, length));
    var task = NextToken.loss(model.gated(pass), batch);
    return task.add(Ops.scale(pass.excess(keep), price));
  }

  private static Mixture mixture(LanguageModel model, Corpus text) {
    var tokenizer = model.tokenizer();
    var recall = new RecallSequences("recall", tokenizer, 1, 8, 1, Optional.of(text), WEIGHTS);
    return Mixture.of(TextWindows.of("text", text, tokenizer)).and(recall, 1);
  }
}
