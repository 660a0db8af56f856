package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Torch;
import org.recollect.train.LossGradient;

/// A tiny model as it was and as it has become, and some items, for tests of what forgetting goes
/// down. Owns both models.
record TinyWorld(LanguageModel before, LanguageModel now, Request request)
    implements AutoCloseable {

  static final ForgetSplit SPLIT = FictiBio.of(5).persons(10).forget(0.1);

  static TinyWorld of(long seed) {
    return of(seed, 2);
  }

  /// @param layers of the models
  static TinyWorld of(long seed, int layers) {
    var texts = new ArrayList<String>();
    for (var items : List.of(SPLIT.forget(), SPLIT.retain())) {
      items.forEach(item -> texts.add(item.question() + " " + item.answer()));
    }
    Refusals.ALL.forEach(text -> texts.add(" " + text));
    var before = Learner.blank(32, layers).beginner(texts, seed);
    new Memorising(4, 16, 1e-2).teach(before, SPLIT.forget(), seed);
    var now = before.withWeights(before.weights().copy());
    new Memorising(1, 4, 1e-2).teach(now, SPLIT.retain().subList(0, 8), seed);
    var request =
        new Request(
            before,
            SPLIT.forget(),
            List.of(),
            SPLIT.retain(),
            seed,
            new Meter(),
            () -> {
              throw new AssertionError("no method looks at the oracle");
            });
    return new TinyWorld(before, now, request);
  }

  /// Three items whose answers differ in length.
  List<QaItem> items() {
    return SPLIT.forget().subList(0, 3);
  }

  QaBatch batch() {
    return QaBatch.of(now, items());
  }

  double value(LossTerm term, LanguageModel model) {
    var objective = term.begin(request);
    try (var _ = Torch.newScope()) {
      return objective.loss(model, batch()).getFloat();
    }
  }

  /// By name, each row after row.
  Map<String, float[]> gradient(LossTerm term, LanguageModel model) {
    var objective = term.begin(request);
    return SampleGradient.of(model, () -> objective.loss(model, batch()));
  }

  /// The length of the difference of two gradients by that of the second, whose factor is given.
  static double distance(
      Map<String, float[]> gradient, double factor, Map<String, float[]> expected) {
    double difference = 0;
    double length = 0;
    for (var entry : expected.entrySet()) {
      float[] got = gradient.get(entry.getKey());
      for (int i = 0; i < got.length; i++) {
        double wanted = factor * entry.getValue()[i];
        difference += Math.pow(got[i] - wanted, 2);
        length += wanted * wanted;
      }
    }
    return Math.sqrt(difference / length);
  }

  static double norm(Map<String, float[]> gradient) {
    return Math.sqrt(LossGradient.dot(gradient, gradient));
  }

  /// The sum of all numbers.
  static double sum(NDArray array) {
    return array.sum().getFloat();
  }

  @Override
  public void close() {
    now.close();
    before.close();
  }
}
