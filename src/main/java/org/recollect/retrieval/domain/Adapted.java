package org.recollect.retrieval.domain;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What an arm makes of a base. Owns its predictors.
///
/// @param model the base itself, or what was tuned from it
/// @param memory what stands beside it, mixed in by a share that the study chooses
/// @param shares that the study may choose from, 0 to 1
/// @param bytes kept for the domain beyond the base
/// @param flop floating-point operations that learning took, all variants together, counted from
///   formulas: 2 for each weight and token read, 4 more where it is trained
public record Adapted(
    Predictor model, Optional<Predictor> memory, List<Double> shares, long bytes, double flop)
    implements AutoCloseable {

  public Adapted {
    Objects.requireNonNull(model, "a base is adapted to a predictor");
    Objects.requireNonNull(memory, "without a memory give Optional.empty()");
    shares = List.copyOf(shares);
  }

  /// A model without a memory.
  static Adapted alone(Predictor model, long bytes, double flop) {
    return new Adapted(model, Optional.empty(), List.of(0.0), bytes, flop);
  }

  /// A base as it is with a memory beside it.
  static Adapted beside(Predictor base, Predictor memory, long bytes, double flop) {
    return new Adapted(base, Optional.of(memory), Interpolation.SHARES, bytes, flop);
  }

  /// A base as it is, or another predictor in its place where that does better: never mixed.
  static Adapted inPlaceOf(Predictor base, Predictor other, long bytes, double flop) {
    return new Adapted(base, Optional.of(other), List.of(0.0, 1.0), bytes, flop);
  }

  /// The logarithm of what each token but the first of a text is given.
  ///
  /// @param lambda share of the memory, 0 to 1; at 0 it is not asked, and at 1 the model is not
  double[][] logLikelihoods(int[][] texts, double lambda) {
    if (memory.isEmpty() || lambda == 0) {
      return model.logLikelihoods(texts);
    }
    double[][] beside = memory.get().logLikelihoods(texts);
    return lambda == 1 ? beside : Interpolation.mix(model.logLikelihoods(texts), beside, lambda);
  }

  /// The share of the memory that predicts some texts best, 0 where there is none.
  double share(int[][] texts) {
    return memory
        .map(beside ->
            Interpolation.best(model.logLikelihoods(texts), beside.logLikelihoods(texts), shares)
                .lambda())
        .orElse(0.0);
  }

  @Override
  public void close() {
    model.close();
    memory.ifPresent(Predictor::close);
  }
}
