package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.recollect.data.LongContextTask;
import org.recollect.data.RecallItem.Part;
import org.recollect.lab.Fingerprint;
import org.recollect.model.LanguageModel;
import org.recollect.model.Lora;
import org.recollect.tensor.CacheFolder;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;
import org.recollect.train.Batch;
import org.recollect.train.NextToken;
import org.recollect.train.Trainer;

/// Tuning a frozen model for a task by [Lora], alone or together with [Gates] that give up part of
/// the context. Only the answers count in the loss; gates add `alpha * mean over layers |mean(p) -
/// keep|` over the tokens of the context, as in [GateTraining]. Both take the same steps on the
/// same items.
///
/// @param task what is learned
/// @param maps kinds of linear maps that LoRA adapts, such as `q_proj`
/// @param rank of LoRA; its alpha is twice that
/// @param alpha how much it costs to miss the share of kept tokens, in nats
/// @param steps of the optimiser
/// @param rows items in a batch
/// @param length tokens in an item, at most
/// @param rate the highest learning rate
public record FineTuning(
    LongContextTask task,
    List<String> maps,
    int rank,
    double alpha,
    int steps,
    int rows,
    int length,
    double rate) {

  public FineTuning {
    maps = List.copyOf(maps);
    if (steps < 1 || rows < 1 || length < 2) {
      throw new IllegalArgumentException(
          "Tuning takes at least one step of at least one item of two tokens; got %d steps of %d x %d tokens."
              .formatted(steps, rows, length));
    }
  }

  /// What was tuned, to be laid over the model; owns its weights.
  ///
  /// @param gates empty where LoRA was tuned alone
  public record Tuned(Lora lora, Optional<Gates> gates) implements AutoCloseable {

    @Override
    public void close() {
      lora.close();
      gates.ifPresent(Gates::close);
    }
  }

  /// Tunes, or reads from the cache folder what the same tuning gave before.
  ///
  /// @param keep the share of the context that gates are to keep; empty for no gates
  /// @param seed of the first weights and of the items
  public Tuned train(LanguageModel model, OptionalDouble keep, long seed) {
    String recipe =
        Fingerprint.of(
            task.configuration(),
            maps,
            rank,
            alpha,
            steps,
            rows,
            length,
            rate,
            model.config(),
            model.weights().digest(),
            keep.orElse(-1),
            seed,
            Fingerprint.library());
    var folder = CacheFolder.path().resolve("tuned");
    var adapters = folder.resolve(recipe + "-lora.safetensors");
    var gates = folder.resolve(recipe + "-gates.safetensors");
    if (!Files.isRegularFile(adapters)) {
      try (var tuned = afresh(model, keep, seed)) {
        tuned.gates().ifPresent(each -> each.save(gates));
        tuned.lora().save(adapters);
      }
    }
    return new Tuned(
        Lora.read(adapters),
        keep.isPresent() ? Optional.of(Gates.read(gates, model)) : Optional.empty());
  }

  private Tuned afresh(LanguageModel model, OptionalDouble keep, long seed) {
    var lora = Lora.of(model, rank, 2.0 * rank, seed, maps.toArray(String[]::new));
    if (keep.isEmpty()) {
      try (var trainer = trainer(lora.weights())) {
        for (int step = 0; step < steps; step++) {
          var lesson = lesson(model, RandomStream.of(seed, "lesson", step));
          trainer.step(() -> NextToken.loss(lora.on(model), lesson.batch));
        }
      }
      return new Tuned(lora, Optional.empty());
    }
    var gates = Gates.of(model, seed);
    try (var together = lora.weights().and(gates.weights());
        var trainer = trainer(together)) {
      for (int step = 0; step < steps; step++) {
        var lesson = lesson(model, RandomStream.of(seed, "lesson", step));
        double price = alpha * GateTraining.ramp(step, steps);
        trainer.step(() -> loss(lora.on(model), gates, lesson, price, keep.getAsDouble()));
      }
    }
    return new Tuned(lora, Optional.of(gates));
  }

  private Trainer trainer(Weights weights) {
    return new Trainer(weights, GateTraining.OPTIMIZER, GateTraining.schedule(rate, steps), 1);
  }

  private NDArray loss(LanguageModel model, Gates gates, Lesson lesson, double price, double keep) {
    var manager = model.weights().get("model.norm.weight").getManager();
    var pass = gates.new Pass(Memory.ofFloats(manager, lesson.context, rows, 1, length));
    var loss = NextToken.loss(model.gated(pass), lesson.batch);
    return loss.add(Ops.scale(pass.excess(keep), price));
  }

  /// Items to be learned from together.
  ///
  /// @param context 1 for a token before the first question, 0 for the others `[rows][length]`
  private record Lesson(Batch batch, float[] context) {}

  private Lesson lesson(LanguageModel model, RandomStream random) {
    var tokenizer = model.tokenizer();
    int all = rows * length;
    var names = Collections.nCopies(rows, task.name());
    var batch = new Batch(rows, length, new long[all], new long[all], new float[all], names);
    float[] context = new float[all];
    var items = task.items(rows, length, tokenizer::count, random);
    for (int row = 0; row < rows; row++) {
      var tokens = items.get(row).encode(tokenizer::encode);
      boolean before = true;
      for (int i = 0; i < tokens.ids().length - 1; i++) {
        int at = row * length + i;
        before &= tokens.parts()[i] != Part.QUERY;
        batch.inputs()[at] = tokens.ids()[i];
        batch.targets()[at] = tokens.ids()[i + 1];
        batch.weights()[at] = tokens.parts()[i + 1] == Part.ANSWER ? 1 : 0;
        context[at] = before ? 1 : 0;
      }
    }
    return new Lesson(batch, context);
  }
}
