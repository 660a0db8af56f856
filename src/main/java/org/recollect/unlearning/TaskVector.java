package org.recollect.unlearning;

import java.util.Map;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

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
    var reinforced = reinforcement.reinforced(request, request.forget());
    return new Path(request.model(), reinforced, step);
  }

  /// From a model away from another. Owns the other and its own.
  private static final class Path implements Forgetting {
    private final LanguageModel before;
    private final LanguageModel reinforced;
    private final LanguageModel model;
    private final double step;
    private int steps;

    Path(LanguageModel before, LanguageModel reinforced, double step) {
      this.before = before;
      this.reinforced = reinforced;
      this.model = before.withWeights(before.weights().copy());
      this.step = step;
    }

    @Override
    public boolean advance() {
      steps++;
      model
          .weights()
          .asMap()
          .forEach((name, weight) -> {
            try (var _ = Torch.newScope()) {
              var was = before.weights().get(name);
              var vector = reinforced.weights().get(name).sub(was);
              var changed = was.sub(Ops.scale(vector, steps * step));
              Memory.view(weight).copyFrom(Memory.view(changed));
            }
          });
      return true;
    }

    @Override
    public LanguageModel model() {
      return model;
    }

    @Override
    public void close() {
      reinforced.close();
      model.close();
    }
  }
}
