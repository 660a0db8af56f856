package org.recollect.unlearning;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;
import org.recollect.train.LossGradient;
import org.recollect.unlearning.measure.Logs;

/// GUARD by data attribution ("GUARD: Guided Unlearning and Retention via Data Attribution for
/// Large Language Models", 2025, arXiv:2506.10946): any term, with the items to be forgotten
/// weighed by how little the rest depends on them.
///
/// - `g_R = (1 / |D_r|) sum over D_r of grad l(z; theta_0)`, over all weights, and `a_i = <grad
///   l(z_i; theta_0), g_R>`, the attribution: what a short step up the loss of `z_i` adds to the
///   loss of what is retained. Below 0 the two are in conflict.
/// - `w_i = |D_f| exp(-a_i / tau) / sum_j exp(-a_j / tau)`: mean 1, the less the larger `a_i`
///   (softmax (inferred)). They stay the same for the whole run.
///
/// `tau` is a multiple of the standard deviation of all `a_i`, 1 unless said otherwise (inferred);
/// an infinite one gives the term as it is. A term takes the weights from [QaBatch#importance],
/// which all means of a [QaBatch] know of.
///
/// @param base what is weighed
/// @param tau in standard deviations, above 0; infinity for equal weights
/// @param order which item gets which weight
public record GuardAttribution(LossTerm base, double tau, Order order) implements LossTerm {

  /// Which item gets which weight: GUARD's, and what its claim is tried against.
  public enum Order {
    /// The less the larger the attribution.
    ATTRIBUTION,
    /// The more the larger the attribution: `exp(a_i / tau)`.
    REVERSED,
    /// The same weights, dealt out by chance.
    RANDOM
  }

  public GuardAttribution {
    if (!(tau > 0)) {
      throw new IllegalArgumentException(
          "GUARD's tau is above 0, in standard deviations of the attributions, not %s."
              .formatted(tau));
    }
  }

  /// A term with the default weights.
  public static GuardAttribution of(LossTerm base) {
    return new GuardAttribution(base, 1, Order.ATTRIBUTION);
  }

  /// The same with another tau.
  public GuardAttribution tau(double deviations) {
    return new GuardAttribution(base, deviations, order);
  }

  /// The same with the weights in another order.
  public GuardAttribution order(Order other) {
    return new GuardAttribution(base, tau, other);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "GUARD", "base", base.configuration(), "tau", tau, "order", order.name());
  }

  @Override
  public boolean trains(LanguageModel model, String name) {
    return base.trains(model, name);
  }

  @Override
  public Objective begin(Request request) {
    var forget = request.forget();
    var retain = request.retainFor("GUARD");
    for (var read : List.of(forget, retain)) {
      long tokens = tokens(request.model(), read);
      request.meter().tokens(tokens).flop(6.0 * request.model().weights().parameters() * tokens);
    }
    double[] weights = weights(attributions(request.model(), forget, retain), request.seed());
    var importance = new HashMap<QaItem, Double>();
    IntStream.range(0, weights.length).forEach(i -> importance.put(forget.get(i), weights[i]));
    var objective = base.begin(request);
    return (model, batch) -> objective.loss(model, batch.weighing(importance::get));
  }

  private static long tokens(LanguageModel model, List<QaItem> items) {
    return items.stream()
        .mapToLong(
            item -> QaText.of(model.tokenizer(), item.question(), item.answer()).length() - 1)
        .sum();
  }

  /// The attribution of each item to be forgotten, by one backward pass for it and one for each
  /// batch of what is retained.
  ///
  /// @return `a_i`, the nats that a plain step up the loss of `z_i` adds to the retained loss, for
  ///   each unit of its rate `[forget]`
  public static double[] attributions(
      LanguageModel model, List<QaItem> forget, List<QaItem> retain) {
    var retained = SampleGradient.of(model, retain);
    return forget.stream()
        .mapToDouble(item -> LossGradient.dot(SampleGradient.of(model, List.of(item)), retained))
        .toArray();
  }

  /// The weights that attributions give.
  ///
  /// @param seed of chance, where the order is random
  /// @return `w_i`, 1 on average
  public double[] weights(double[] attributions, long seed) {
    double sign = order == Order.REVERSED ? 1 : -1;
    double deviation = deviation(attributions);
    double[] exponents =
        DoubleStream.of(attributions)
            .map(a -> deviation == 0 ? 0 : sign * a / (tau * deviation))
            .toArray();
    double total = Logs.sum(exponents);
    var weights =
        DoubleStream.of(exponents)
            .map(exponent -> attributions.length * Math.exp(exponent - total))
            .boxed()
            .toList();
    var dealt = order == Order.RANDOM ? RandomStream.of(seed, "GUARD").shuffle(weights) : weights;
    return dealt.stream().mapToDouble(Double::doubleValue).toArray();
  }

  private static double deviation(double[] values) {
    double mean = DoubleStream.of(values).average().orElseThrow();
    return Math.sqrt(
        DoubleStream.of(values).map(a -> (a - mean) * (a - mean)).average().orElseThrow());
  }
}
