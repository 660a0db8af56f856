package org.recollect.unlearning;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// A relearning attack (Hu et al., "Jogging the Memory of Unlearned Models Through Targeted
/// Relearning Attacks", 2024, arXiv:2406.13356): the model is trained for some steps on a little of
/// what it was to forget, on related or on unrelated things. What comes back of the rest had been
/// hidden, not removed; the oracle under the same attack tells how much may be learned anew.
///
/// ```java
/// Attack.relearning(10)                 // on a part of what was to be forgotten
/// Attack.relearning(10).onRelated()     // on what was retained, of the same kind
/// Attack.relearning(10).onUnrelated()   // on the side sets
/// ```
///
/// What the model was told anew it is not judged by: the part is left out, also where no step is
/// taken and where the attack is on something else, so that attacks of one share are judged by the
/// same questions. A step is one update by AdamW (decay 0.01, gradients no longer than 1) with a
/// batch in epochs of a new order each; the rate is constant. Rate, batch and the share of 15 % are
/// (inferred), the last from the 10 to 20 % that are usual.
///
/// @param steps 0 or more
/// @param on what it is trained
/// @param share of what was to be forgotten that is left out, above 0 and below 1; at least one
///   item
/// @param rate learning rate, above 0
/// @param rows items in a batch, at least 1
public record Relearning(int steps, Source on, double share, double rate, int rows)
    implements Attack {

  /// What a model is trained on.
  public enum Source {
    /// A part of what was to be forgotten.
    FORGOTTEN,
    /// What was retained, of the same kind.
    RELATED,
    /// The side sets.
    UNRELATED
  }

  public Relearning {
    if (steps < 0 || !(share > 0 && share < 1) || !(rate > 0) || rows < 1) {
      throw new IllegalArgumentException(
          "A model relearns in 0 or more steps of at least one item, at a rate above 0, a share between 0 and 1; got %d steps of %d at %s, a share of %s."
              .formatted(steps, rows, rate, share));
    }
  }

  /// On 15 % of what was to be forgotten.
  public static Relearning of(int steps) {
    return new Relearning(steps, Source.FORGOTTEN, 0.15, Descent.RATE, 16);
  }

  /// The same on what was retained.
  public Relearning onRelated() {
    return new Relearning(steps, Source.RELATED, share, rate, rows);
  }

  /// The same on the side sets.
  public Relearning onUnrelated() {
    return new Relearning(steps, Source.UNRELATED, share, rate, rows);
  }

  /// The same with another part.
  public Relearning share(double share) {
    return new Relearning(steps, on, share, rate, rows);
  }

  /// The same with another learning rate.
  public Relearning rate(double rate) {
    return new Relearning(steps, on, share, rate, rows);
  }

  @Override
  public String name() {
    var kind =
        switch (on) {
          case FORGOTTEN -> "";
          case RELATED -> " related";
          case UNRELATED -> " unrelated";
        };
    return "relearn %d%s".formatted(steps, kind);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("steps", steps, "on", on.name(), "share", share, "rate", rate, "rows", rows);
  }

  /// What is left when the part is told.
  ///
  /// @throws IllegalArgumentException if nothing is left
  @Override
  public List<QaItem> judged(List<QaItem> forget, long seed) {
    var told = new HashSet<>(part(forget, seed));
    var left = forget.stream().filter(item -> !told.contains(item)).toList();
    if (left.isEmpty()) {
      throw new IllegalArgumentException(
          "Of %d items to forget none is left to judge by when %d are told anew: forget more."
              .formatted(forget.size(), told.size()));
    }
    return left;
  }

  private List<QaItem> part(List<QaItem> forget, long seed) {
    int count = (int) Math.max(1, Math.round(share * forget.size()));
    return RandomStream.of(seed, "relearned").shuffle(forget).subList(0, count);
  }

  @Override
  public LanguageModel weights(LanguageModel model, Material material, long seed) {
    var items =
        switch (on) {
          case FORGOTTEN -> part(material.forget(), seed);
          case RELATED -> material.related();
          case UNRELATED -> material.unrelated();
        };
    if (items.isEmpty()) {
      throw new IllegalArgumentException(
          "There is nothing %s to relearn from: relearn a part of what was forgotten."
              .formatted(on == Source.RELATED ? "related" : "unrelated"));
    }
    if (steps == 0) {
      return model;
    }
    var pupil = model.withWeights(model.weights().copy());
    var schedule = new Schedule.Constant(rate);
    try (var trainer =
        new Trainer(pupil.weights(), new AdamW(0.9, 0.95, 1e-8, 0.01), schedule, 1)) {
      for (int step = 0; step < steps; step++) {
        var batch = QaBatch.of(pupil, batch(items, step, seed));
        trainer.step(() -> batch.meanLoss(pupil));
      }
    }
    return pupil;
  }

  /// The items of a step.
  private List<QaItem> batch(List<QaItem> items, int step, long seed) {
    int batches = Math.ceilDiv(items.size(), rows);
    int from = step % batches * rows;
    var order = RandomStream.of(seed, "relearning", step / batches).shuffle(items);
    return order.subList(from, Math.min(items.size(), from + rows));
  }
}
