package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;

/// A recipe for training a language model from nothing. The batch of each step follows from the
/// seed and the number of the step alone: a run that was killed goes on from its last checkpoint
/// and ends with the same weights as an unbroken one.
///
/// @param config the model's shape
/// @param seed of the weights and of the data
/// @param phases one after another: short contexts first, as a rule
/// @param optimizer the rule for the weights
/// @param schedule the learning rate over all phases
/// @param maxNorm longest gradient; infinity for no limit
/// @param precision of the factors of the model's products; the weights are float32
public record Pretraining(
    ModelConfig config,
    long seed,
    List<Phase> phases,
    Optimizer optimizer,
    Schedule schedule,
    double maxNorm,
    Precision precision) {

  /// A stretch of training with one kind of batch.
  ///
  /// @param steps of the optimiser
  /// @param rows sequences in a batch
  /// @param length predictions in a sequence
  /// @param mixture where the sequences come from
  public record Phase(long steps, int rows, int length, Mixture mixture) {

    /// The same phase with another number of steps.
    public Phase withSteps(long steps) {
      return new Phase(steps, rows, length, mixture);
    }

    @Override
    public String toString() {
      return "%d steps of %d x %d tokens (%s)".formatted(steps, rows, length, mixture);
    }
  }

  /// @throws IllegalArgumentException if there is no phase or one is longer than the context
  public Pretraining {
    phases = List.copyOf(phases);
    if (phases.isEmpty()) {
      throw new IllegalArgumentException("a recipe needs at least one phase.");
    }
    for (var phase : phases) {
      if (phase.length > config.contextLength()) {
        throw new IllegalArgumentException(
            "a phase has sequences of %d tokens, but the model's context is %d: shorten them."
                .formatted(phase.length, config.contextLength()));
      }
    }
  }

  /// Steps in all.
  public long steps() {
    return phases.stream().mapToLong(Phase::steps).sum();
  }

  /// Tokens read in all, repeats included.
  public long tokens() {
    return phases.stream().mapToLong(p -> p.steps * p.rows * p.length).sum();
  }

  /// A model to begin with: [Models#random] of the recipe's shape and seed.
  ///
  /// @param tokenizer becomes the model's
  public LanguageModel start(Tokenizer tokenizer) {
    return Models.random(config, tokenizer, seed);
  }

  /// Trains a model in place, or finishes what the checkpoint holds.
  ///
  /// @param model as it was before the first step
  /// @param checkpoint written every so often and at the end
  /// @param every steps between two checkpoints, and between two lines of the log
  /// @param log takes a line every so often
  /// @throws IllegalArgumentException if the model has another shape than the recipe
  public void run(LanguageModel model, Path checkpoint, int every, Consumer<String> log) {
    if (!model.config().equals(config)) {
      throw new IllegalArgumentException(
          "the model is %s, but the recipe is for %s: begin with start()."
              .formatted(model.config(), config));
    }
    try (var trainer = new Trainer(model.weights(), optimizer, schedule, maxNorm)) {
      if (Files.exists(checkpoint)) {
        trainer.load(checkpoint);
        log.accept("goes on from step " + trainer.steps());
      }
      var journal = new Journal();
      while (trainer.steps() < steps()) {
        var step = step(model, trainer, journal);
        if (trainer.steps() % every == 0 || trainer.steps() == steps()) {
          trainer.save(checkpoint);
          log.accept(journal.line(step));
          journal = new Journal();
        }
      }
    }
  }

  private Trainer.Step step(LanguageModel model, Trainer trainer, Journal journal) {
    var phase = phaseOf(trainer.steps());
    var random = RandomStream.of(seed, "batch", trainer.steps());
    var batch = phase.mixture.next(phase.rows, phase.length, random);
    return trainer.step(() -> {
      var losses = NextToken.losses(model, batch);
      journal.add(batch, losses);
      return NextToken.mean(losses, batch, batch.weight());
    });
  }

  private Phase phaseOf(long step) {
    long left = step;
    for (var phase : phases) {
      if (left < phase.steps) {
        return phase;
      }
      left -= phase.steps;
    }
    return phases.getLast();
  }

  /// Losses by source, and speed, gathered between two lines of the log. Mutable.
  private static final class Journal {

    private final Map<String, Double> losses = new TreeMap<>();
    private final Map<String, Double> weights = new TreeMap<>();
    private long tokens;
    private final long since = System.nanoTime();

    void add(Batch batch, NDArray perToken) {
      float[] loss = Memory.toFloats(perToken);
      for (int row = 0; row < batch.rows(); row++) {
        String source = batch.sources().get(row);
        for (int i = row * batch.length(); i < (row + 1) * batch.length(); i++) {
          losses.merge(source, (double) loss[i] * batch.weights()[i], Double::sum);
          weights.merge(source, (double) batch.weights()[i], Double::sum);
        }
      }
      tokens += batch.tokens();
    }

    String line(Trainer.Step step) {
      var nats =
          losses.keySet().stream()
              .map(source -> "%s %.3f".formatted(source, losses.get(source) / weights.get(source)))
              .collect(Collectors.joining(", "));
      double seconds = (System.nanoTime() - since) * 1e-9;
      return "step %,d, rate %.2g, gradient %.2f, nats: %s, %,.0f tokens/s"
          .formatted(
              step.index() + 1, step.learningRate(), step.gradientNorm(), nats, tokens / seconds);
    }
  }
}
