package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
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
/// @param copyingCircuit whether the first weights have one, see [CopyingCircuit]
/// @param seed of the weights and of the data
/// @param phases one after another: short contexts first, as a rule
/// @param optimizer the rule for the weights
/// @param schedule the learning rate over all phases
/// @param maxNorm longest gradient; infinity for no limit
/// @param precision of the factors of the model's products; the weights are float32
public record Pretraining(
    ModelConfig config,
    boolean copyingCircuit,
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

  /// The same recipe from first weights with the copying circuit, or without it.
  public Pretraining withCopyingCircuit(boolean planted) {
    return new Pretraining(config, planted, seed, phases, optimizer, schedule, maxNorm, precision);
  }

  /// The first steps of this recipe, at the rates it gives them: a look at how training begins.
  ///
  /// @param count at least 1; the whole recipe where it has no more
  public Pretraining firstSteps(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("a recipe takes at least one step, not " + count + ".");
    }
    var kept = new ArrayList<Phase>();
    long left = count;
    for (var phase : phases) {
      if (left > 0) {
        kept.add(phase.withSteps(Math.min(left, phase.steps)));
        left -= phase.steps;
      }
    }
    return new Pretraining(
        config, copyingCircuit, seed, kept, optimizer, schedule, maxNorm, precision);
  }

  /// What was done, in a sentence; the shape and the seed stand elsewhere.
  @Override
  public String toString() {
    return "%s; %s; %s; gradients clipped at %s; products in %s; %s"
        .formatted(
            phases.stream().map(Phase::toString).collect(Collectors.joining(", then ")),
            optimizer,
            schedule,
            maxNorm,
            precision,
            copyingCircuit ? "from a copying circuit" : "from random weights");
  }

  /// Steps in all.
  public long steps() {
    return phases.stream().mapToLong(Phase::steps).sum();
  }

  /// Tokens read in all, repeats included.
  public long tokens() {
    return phases.stream().mapToLong(p -> p.steps * p.rows * p.length).sum();
  }

  /// What happened between two lines of the log.
  ///
  /// @param step the number of steps taken
  /// @param learningRate of the last one
  /// @param gradientNorm of the last one, before clipping
  /// @param nats the mean loss by source, weighted as the sources weigh it
  /// @param tokensPerSecond read
  public record Report(
      long step,
      double learningRate,
      double gradientNorm,
      SortedMap<String, Double> nats,
      double tokensPerSecond) {

    @Override
    public String toString() {
      var losses =
          nats.entrySet().stream()
              .map(entry -> "%s %.3f".formatted(entry.getKey(), entry.getValue()))
              .collect(Collectors.joining(", "));
      return "step %,d, rate %.2g, gradient %.2f, nats: %s, %,.0f tokens/s"
          .formatted(step, learningRate, gradientNorm, losses, tokensPerSecond);
    }
  }

  /// A model to begin with: [Models#random] of the recipe's shape and seed, with the copying
  /// circuit if the recipe has it.
  ///
  /// @param tokenizer becomes the model's
  public LanguageModel start(Tokenizer tokenizer) {
    var model = Models.random(config, tokenizer, seed);
    if (copyingCircuit) {
      CopyingCircuit.plant(model, RandomStream.of(seed, "copying circuit"));
    }
    return model;
  }

  /// Trains a model in place.
  ///
  /// @param model as it was before the first step
  /// @param every steps between two reports
  /// @param log takes the reports
  /// @throws IllegalArgumentException if the model has another shape than the recipe
  public void run(LanguageModel model, int every, Consumer<Report> log) {
    run(model, Optional.empty(), every, log);
  }

  /// Trains a model in place, or finishes what the checkpoint holds.
  ///
  /// @param model as it was before the first step
  /// @param checkpoint written with every report
  /// @param every steps between two reports
  /// @param log takes the reports
  /// @throws IllegalArgumentException if the model has another shape than the recipe
  public void run(LanguageModel model, Path checkpoint, int every, Consumer<Report> log) {
    run(model, Optional.of(checkpoint), every, log);
  }

  private void run(
      LanguageModel model, Optional<Path> checkpoint, int every, Consumer<Report> log) {
    if (!model.config().equals(config)) {
      throw new IllegalArgumentException(
          "the model is %s, but the recipe is for %s: begin with start()."
              .formatted(model.config(), config));
    }
    var computing = model.in(precision);
    try (var trainer = new Trainer(model.weights(), optimizer, schedule, maxNorm)) {
      checkpoint.filter(Files::exists).ifPresent(trainer::load);
      var journal = new Journal();
      while (trainer.steps() < steps()) {
        var step = step(computing, trainer, journal);
        if (trainer.steps() % every == 0 || trainer.steps() == steps()) {
          checkpoint.ifPresent(trainer::save);
          log.accept(journal.report(step));
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

    Report report(Trainer.Step step) {
      var means = new TreeMap<String, Double>();
      losses.forEach((source, loss) -> means.put(source, loss / weights.get(source)));
      double seconds = (System.nanoTime() - since) * 1e-9;
      return new Report(
          step.index() + 1, step.learningRate(), step.gradientNorm(), means, tokens / seconds);
    }
  }
}
