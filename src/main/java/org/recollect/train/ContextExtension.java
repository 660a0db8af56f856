package org.recollect.train;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.recollect.data.Corpus;
import org.recollect.data.RecallItem.Part;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Precision;
import org.recollect.train.Pretraining.Phase;

/// Training on to longer texts than a model has seen: a short run over plain text mixed with recall
/// across the whole length, as in the last phase of the shipped subjects' recipe. Position
/// embeddings stay as they are.
///
/// ```java
/// var longer = new ContextExtension(2048, 80, 1).of(subject, text.train(), System.out::println);
/// ```
///
/// @param length tokens of a sequence, and of the new context
/// @param steps of the optimiser, two sequences each
/// @param seed of the data
public record ContextExtension(int length, int steps, long seed) {

  private static final int ROWS = 2;
  private static final double RATE = 1e-3;

  /// @throws IllegalArgumentException if there is no step
  public ContextExtension {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "A model is trained at least one step, not " + steps + ".");
    }
  }

  /// A trained copy of a model. Its tokenizer stays the model's: close the copy only, and before
  /// the model.
  ///
  /// @param text what it reads, and what pairs hide in
  /// @param log takes about ten lines of progress
  /// @throws IllegalArgumentException if the length is not above the model's context
  public LanguageModel of(LanguageModel model, Corpus text, Consumer<String> log) {
    if (length <= model.config().contextLength()) {
      throw new IllegalArgumentException(
          "The model reads %d tokens already; an extension to %d is none: ask for more."
              .formatted(model.config().contextLength(), length));
    }
    var longer = model.withContextLength(length, model.weights().copy());
    var phase = new Phase(steps, ROWS, length, mixture(model, text));
    var precision = Precision.fastest();
    var optimizer =
        Optimizer.split(new Muon(0.95, 0, precision), new AdamW(0.9, 0.95, 1e-8, 0), 0.5);
    var schedule =
        new Schedule.WarmupStableDecay(RATE, steps / 10, steps, Math.max(1, steps / 3), 0.02);
    new Pretraining(longer.config(), false, seed, List.of(phase), optimizer, schedule, 1, precision)
        .run(longer, Math.max(1, steps / 10), report -> log.accept(report.toString()));
    return longer;
  }

  private static Mixture mixture(LanguageModel model, Corpus text) {
    var tokenizer = model.tokenizer();
    var weights = Map.of(Part.FILLER, 1.0, Part.QUERY, 0.1, Part.ANSWER, 4.0);
    var recall = new RecallSequences("recall", tokenizer, 1, 12, 1, Optional.of(text), weights);
    return Mixture.of(TextWindows.of("text", text, tokenizer)).and(recall, 0.5);
  }
}
