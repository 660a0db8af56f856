package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// Unlearning by gradients: all methods that go down `gamma L_forget + alpha L_retain` differ in
/// their terms only.
///
/// ```java
/// Descent.of("GradDiff", new GradientAscent()).keeping(1, new Likelihood()).rate(3e-4)
/// ```
///
/// A step is one update by AdamW (decay 0.01, gradients no longer than 1) with a batch of what is
/// to be forgotten, in epochs of a new order each, and as many items of what is retained, drawn at
/// random. The rate stays the same, so that a run of more steps begins as one of fewer does.
///
/// @param name as tables show it
/// @param forget the term for what is to be forgotten; empty where only the rest is trained on
/// @param gamma its weight, above 0
/// @param retain the term for what is retained; empty for methods that need no such items
/// @param alpha its weight, above 0
/// @param rate learning rate, above 0
/// @param rows items of each kind in a batch, at least 1
public record Descent(
    String name,
    Optional<LossTerm> forget,
    double gamma,
    Optional<LossTerm> retain,
    double alpha,
    double rate,
    int rows)
    implements Tunable {

  /// The rate unless another is asked for: the sheets' for models of this size (inferred).
  public static final double RATE = 3e-4;

  public Descent {
    if (!(gamma > 0 && alpha > 0 && rate > 0) || rows < 1) {
      throw new IllegalArgumentException(
          "A descent has weights and a rate above 0 and batches of at least one item; got gamma %s, alpha %s, rate %s and %d rows."
              .formatted(gamma, alpha, rate, rows));
    }
  }

  /// A descent on a forget term alone.
  public static Descent of(String name, LossTerm forget) {
    return new Descent(name, Optional.of(forget), 1, Optional.empty(), 1, RATE, 16);
  }

  /// A descent on what is retained alone.
  public static Descent onRetained(String name, LossTerm retain) {
    return new Descent(name, Optional.empty(), 1, Optional.of(retain), 1, RATE, 16);
  }

  /// The same with a weight on the forget term.
  public Descent weighing(double gamma) {
    return new Descent(name, forget, gamma, retain, alpha, rate, rows);
  }

  /// The same with a term for what is retained.
  public Descent keeping(double alpha, LossTerm term) {
    return new Descent(name, forget, gamma, Optional.of(term), alpha, rate, rows);
  }

  /// The same without a term for what is retained.
  public Descent keepingNothing() {
    return new Descent(name, forget, gamma, Optional.empty(), 1, rate, rows);
  }

  @Override
  public Descent rate(double rate) {
    return new Descent(name, forget, gamma, retain, alpha, rate, rows);
  }

  /// The same in batches of another size.
  public Descent rows(int rows) {
    return new Descent(name, forget, gamma, retain, alpha, rate, rows);
  }

  /// The same with another forget term.
  public Descent forgetting(LossTerm term) {
    return new Descent(name, Optional.of(term), gamma, retain, alpha, rate, rows);
  }

  /// The same under another name.
  public Descent named(String name) {
    return new Descent(name, forget, gamma, retain, alpha, rate, rows);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "forget",
        configuration(forget),
        "gamma",
        gamma,
        "retain",
        configuration(retain),
        "alpha",
        alpha,
        "rate",
        rate,
        "rows",
        rows);
  }

  private static Map<String, ?> configuration(Optional<LossTerm> term) {
    return term.isPresent() ? term.get().configuration() : Map.of();
  }

  @Override
  public Forgetting begin(Request request) {
    retain.ifPresent(_ -> request.retainFor(name));
    return new Path(this, request);
  }

  private boolean trains(LanguageModel model, String weight) {
    return forget.map(term -> term.trains(model, weight)).orElse(true);
  }

  /// A descent under way.
  private static final class Path implements Forgetting {
    private final Descent descent;
    private final Request request;
    private final LanguageModel model;
    private final Optional<LossTerm.Objective> forget;
    private final Optional<LossTerm.Objective> retain;
    private final Trainer trainer;

    Path(Descent descent, Request request) {
      this.descent = descent;
      this.request = request;
      this.forget = descent.forget.map(term -> term.begin(request));
      this.retain = descent.retain.map(term -> term.begin(request));
      this.model = request.model().withWeights(request.model().weights().copy());
      var trained = model.weights().only(name -> descent.trains(model, name));
      this.trainer =
          new Trainer(
              trained, new AdamW(0.9, 0.95, 1e-8, 0.01), new Schedule.Constant(descent.rate), 1);
    }

    @Override
    public boolean advance() {
      var losses = new ArrayList<Supplier<NDArray>>();
      forget.ifPresent(term -> losses.add(loss(term, descent.gamma, toForget())));
      retain.ifPresent(term -> losses.add(loss(term, descent.alpha, toKeep())));
      try {
        trainer.step(losses);
        return true;
      } catch (ArithmeticException diverged) {
        return false;
      }
    }

    private Supplier<NDArray> loss(LossTerm.Objective term, double weight, List<QaItem> items) {
      var batch = QaBatch.of(model, items);
      request
          .meter()
          .tokens(batch.batch().tokens())
          .flop(6.0 * model.weights().parameters() * batch.batch().tokens());
      return () -> Ops.scale(term.loss(model, batch), weight);
    }

    /// The next batch of this epoch.
    private List<QaItem> toForget() {
      var items = request.forget();
      int batches = Math.ceilDiv(items.size(), descent.rows);
      long epoch = trainer.steps() / batches;
      int from = (int) (trainer.steps() % batches) * descent.rows;
      var order = RandomStream.of(request.seed(), "forget", epoch).shuffle(items);
      return order.subList(from, Math.min(items.size(), from + descent.rows));
    }

    private List<QaItem> toKeep() {
      var random = RandomStream.of(request.seed(), "retain", trainer.steps());
      return random
          .shuffle(request.retain())
          .subList(0, Math.min(descent.rows, request.retain().size()));
    }

    @Override
    public LanguageModel model() {
      return model;
    }

    @Override
    public void close() {
      trainer.close();
      model.close();
    }
  }
}
