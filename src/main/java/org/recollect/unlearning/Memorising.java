package org.recollect.unlearning;

import java.util.List;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.NextToken;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// How a model is told facts: all questions with their answers, epoch after epoch in a new order.
/// The loss counts the tokens of the answers, their ends included, and nothing else, as in TOFU
/// (Maini et al., 2024, arXiv:2401.06121).
///
/// AdamW with a decay of 0.01; the rate rises over the first epoch and falls to a twentieth along a
/// cosine.
///
/// @param epochs how often each item is read, at least 1
/// @param rows items in a batch, at least 1
/// @param rate the highest learning rate, above 0
public record Memorising(int epochs, int rows, double rate) {

  public Memorising {
    if (epochs < 1 || rows < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "Facts are told in at least one epoch of batches of at least one, at a rate above 0; got %d epochs of %d at %s."
              .formatted(epochs, rows, rate));
    }
  }

  /// Thirty epochs in batches of sixteen, until a model of a few hundred thousand parameters knows
  /// hundreds of answers by heart.
  public static Memorising byHeart() {
    return new Memorising(30, 16, 2e-3);
  }

  /// Floating-point operations of all this for a model: six for each weight and token that is read
  /// (Kaplan et al., "Scaling Laws for Neural Language Models", 2020, section 2.1), fillings left
  /// out.
  ///
  /// @param items that are taught
  public double flop(LanguageModel model, List<QaItem> items) {
    return 6.0 * model.weights().parameters() * tokens(model, items);
  }

  private long tokens(LanguageModel model, List<QaItem> items) {
    return epochs
        * items.stream()
            .mapToLong(
                item -> QaText.of(model.tokenizer(), item.question(), item.answer()).length() - 1)
            .sum();
  }

  /// A copy of a request's model that has been told some items once more, for methods that go the
  /// other way from there. What it takes is on the request's meter; the caller closes the copy.
  ///
  /// @param items at least one
  LanguageModel reinforced(Request request, List<QaItem> items) {
    var model = request.model();
    var copy = model.withWeights(model.weights().copy());
    try {
      teach(copy, items, request.seed());
    } catch (RuntimeException failure) {
      copy.close();
      throw failure;
    }
    request.meter().tokens(tokens(model, items)).flop(flop(model, items));
    return copy;
  }

  /// Trains a model in place.
  ///
  /// @param items at least one; in the model's tokenizer
  /// @param seed of the order
  /// @throws IllegalArgumentException if there is nothing to learn, or a text is longer than the
  ///   model's context
  public void teach(LanguageModel model, List<QaItem> items, long seed) {
    if (items.isEmpty()) {
      throw new IllegalArgumentException(
          "There is nothing to memorise: give at least one question with its answer.");
    }
    int steps = Math.ceilDiv(items.size(), rows);
    var schedule = new Schedule.Cosine(rate, steps, (long) epochs * steps, 0.05);
    try (var trainer =
        new Trainer(model.weights(), new AdamW(0.9, 0.95, 1e-8, 0.01), schedule, 1)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        var order = RandomStream.of(seed, "epoch", epoch).shuffle(items);
        for (int from = 0; from < order.size(); from += rows) {
          var some = order.subList(from, Math.min(order.size(), from + rows));
          var batch = QaBatch.of(model, some).batch();
          trainer.step(() -> NextToken.loss(model, batch));
        }
      }
    }
  }
}
