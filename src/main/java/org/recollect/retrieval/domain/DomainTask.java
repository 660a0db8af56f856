package org.recollect.retrieval.domain;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Fingerprint;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Weights;

/// What an arm is given: a base, the text of a domain, and a place to keep what is dear.
///
/// @param base that is to predict the domain; not to be changed
/// @param smallest of the sizes, which a memory starts from
/// @param largest of the sizes, whose states a memory is taught by
/// @param training token ids `[texts][length + 1]`
/// @param validation to choose by `[texts][length + 1]`
/// @param seed of all that is drawn at random
/// @param kept weights that were trained before
public record DomainTask(
    LanguageModel base,
    LanguageModel smallest,
    LanguageModel largest,
    int[][] training,
    int[][] validation,
    long seed,
    Checkpoints kept) {

  /// Places to learn from: tokens that are predicted.
  public long places() {
    return (long) training.length * (training[0].length - 1);
  }

  /// Trains once at each of several rates, or reads what an earlier trial has trained, and takes
  /// what does best on validation. The domain's text and the seed belong to every recipe.
  ///
  /// @param rates at least one
  /// @param training of weights at a rate, which are closed here
  /// @param loss of weights on validation
  /// @param recipe all else that decides the weights
  /// @return weights that the caller closes
  Weights best(
      List<Double> rates,
      DoubleFunction<Weights> training,
      ToDoubleFunction<Weights> loss,
      Object... recipe) {
    String text = digest();
    Weights best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double rate : rates) {
      var weights = kept.get(() -> training.apply(rate), text, seed, rate, Fingerprint.of(recipe));
      double lost = loss.applyAsDouble(weights);
      if (best == null || lost < least) {
        if (best != null) {
          best.close();
        }
        best = weights;
        least = lost;
      } else {
        weights.close();
      }
    }
    return best;
  }

  private String digest() {
    return Fingerprint.of(Arrays.stream(training).flatMapToInt(Arrays::stream).boxed().toList());
  }

  /// What a model loses on validation, in nats for each token.
  double loss(LanguageModel model) {
    return Interpolation.loss(Predictor.of(model).logLikelihoods(validation));
  }

  static List<Double> checked(List<Double> rates) {
    if (rates.isEmpty() || rates.stream().anyMatch(rate -> !(rate > 0))) {
      throw new IllegalArgumentException(
          "Tuning is tried at one rate above 0 at least, but got %s.".formatted(rates));
    }
    return List.copyOf(rates);
  }
}
