package org.recollect.unlearning;

import java.util.Map;
import java.util.SequencedMap;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.WeightDelta;

/// Negation of a task vector (Ilharco et al., "Editing Models with Task Arithmetic", 2022,
/// arXiv:2212.04089, section 4; for unlearning as in MUSE, Shi et al., 2024, arXiv:2407.06460):
/// what more training on the forget set changes is taken away instead,
///
/// `theta = theta_0 - lambda (theta_re - theta_0)`, with `theta_re` fine-tuned from `theta_0` on
/// the forget set alone.
///
/// Each step raises lambda, from 0, so that a study can end where enough is forgotten; the
/// fine-tuning comes before the first. Nothing but the forget set is needed.
///
/// @param name as tables show it
/// @param reinforcement the fine-tuning; 10 epochs at the rate of [Descent] (inferred)
/// @param step by how much lambda rises, above 0; 0.25 (inferred). MUSE takes a lambda of 5 on news
public record TaskVector(String name, Memorising reinforcement, double step) implements Tunable {

  public TaskVector {
    if (!(step > 0)) {
      throw new IllegalArgumentException(
          "The weight of a task vector rises by more than 0, not %s: take 0.25.".formatted(step));
    }
  }

  /// With the defaults above.
  public TaskVector() {
    this("task vector", new Memorising(10, 16, Descent.RATE), 0.25);
  }

  @Override
  public SequencedMap<String, Unlearner> variants() {
    return Tunable.rates(this::rate);
  }

  /// The same at another learning rate.
  public TaskVector rate(double rate) {
    var other = new Memorising(reinforcement.epochs(), reinforcement.rows(), rate);
    return new TaskVector(name, other, step);
  }

  /// The same fine-tuned in another way.
  public TaskVector reinforcedBy(Memorising other) {
    return new TaskVector(name, other, step);
  }

  /// The same with another rise of lambda.
  public TaskVector step(double other) {
    return new TaskVector(name, reinforcement, other);
  }

  /// The same under another name.
  public TaskVector named(String other) {
    return new TaskVector(other, reinforcement, step);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("method", "task vector", "reinforcement", reinforcement, "step", step);
  }

  @Override
  public Forgetting begin(Request request) {
    var before = request.model();
    try (var reinforced = reinforcement.reinforced(request, request.forget())) {
      return new Path(before, WeightDelta.between(reinforced.weights(), before.weights()), step);
    }
  }

  /// From a model away from another. Owns the way and its own model.
  private static final class Path implements Forgetting {
    private final LanguageModel before;
    private final WeightDelta vector;
    private final LanguageModel model;
    private final double step;
    private int steps;

    Path(LanguageModel before, WeightDelta vector, double step) {
      this.before = before;
      this.vector = vector;
      this.model = before.withWeights(before.weights().copy());
      this.step = step;
    }

    @Override
    public boolean advance() {
      steps++;
      try (var away = vector.times(-steps * step);
          var changed = away.addedTo(before.weights())) {
        model.weights().overwrite(changed);
      }
      return true;
    }

    @Override
    public LanguageModel model() {
      return model;
    }

    @Override
    public void close() {
      vector.close();
      model.close();
    }
  }
}
