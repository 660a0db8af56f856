package org.recollect.retrieval.domain;

import java.util.Objects;
import java.util.Optional;

/// What an arm makes of a base. Owns its predictors.
///
/// @param model the base itself, or what was tuned from it
/// @param memory what stands beside it, mixed in by a share that the study chooses
/// @param bytes kept for the domain beyond the base
/// @param flop floating-point operations that learning took, all variants together, counted from
///   formulas: 2 for each weight and token read, 4 more where it is trained
public record Adapted(Predictor model, Optional<Predictor> memory, long bytes, double flop)
    implements AutoCloseable {

  public Adapted {
    Objects.requireNonNull(model, "a base is adapted to a predictor");
    Objects.requireNonNull(memory, "without a memory give Optional.empty()");
  }

  /// A model without a memory.
  static Adapted alone(Predictor model, long bytes, double flop) {
    return new Adapted(model, Optional.empty(), bytes, flop);
  }

  /// A base as it is with a memory beside it.
  static Adapted beside(Predictor base, Predictor memory, long bytes, double flop) {
    return new Adapted(base, Optional.of(memory), bytes, flop);
  }

  /// The logarithm of what each token but the first of a text is given.
  ///
  /// @param lambda share of the memory, 0 to 1; at 0 it is not asked
  double[][] logLikelihoods(int[][] texts, double lambda) {
    double[][] logs = model.logLikelihoods(texts);
    return memory.isEmpty() || lambda == 0
        ? logs
        : Interpolation.mix(logs, memory.get().logLikelihoods(texts), lambda);
  }

  /// The share of the memory that predicts some texts best, 0 where there is none.
  double share(int[][] texts) {
    return memory
        .map(beside ->
            Interpolation.best(model.logLikelihoods(texts), beside.logLikelihoods(texts)).lambda())
        .orElse(0.0);
  }

  @Override
  public void close() {
    model.close();
    memory.ifPresent(Predictor::close);
  }
}
