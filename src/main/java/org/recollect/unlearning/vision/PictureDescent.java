package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.recollect.data.LabelledPictures;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Classification;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// Unlearning of pictures by gradients: step after step down `gamma L_forget + alpha L_retain`.
/// [Erase] names the baselines that differ in their terms only.
///
/// A step is one update by Adam (no decay, gradients no longer than 1) with a batch of each set
/// that has a term, in epochs of a new order each. The rate stays the same, so that a run of more
/// steps begins as one of fewer does. The model is taken as it is: batch norm goes by its running
/// statistics, which stay, and a batch of one class does not change how the others are normed
/// (inferred).
///
/// @param name as tables show it
/// @param forget the term for what is to be forgotten, if there is one
/// @param gamma its weight, above 0
/// @param retain the term for what is kept, if there is one
/// @param alpha its weight, above 0
/// @param rate learning rate, above 0
/// @param rows pictures of each set in a batch, at least 1
public record PictureDescent(
    String name,
    Optional<PictureTerm> forget,
    double gamma,
    Optional<PictureTerm> retain,
    double alpha,
    double rate,
    int rows)
    implements Eraser {

  public PictureDescent {
    if (!(gamma > 0 && alpha > 0 && rate > 0) || rows < 1) {
      throw new IllegalArgumentException(
          "A descent has weights and a rate above 0 and batches of at least one picture; got gamma %s, alpha %s, rate %s and %d rows."
              .formatted(gamma, alpha, rate, rows));
    }
  }

  /// A descent without terms yet, at a rate of 1e-3 in batches of 50.
  static PictureDescent of(String name) {
    return new PictureDescent(name, Optional.empty(), 1, Optional.empty(), 1, 1e-3, 50);
  }

  /// The same with a term for what is to be forgotten.
  public PictureDescent forgetting(double gamma, PictureTerm term) {
    return new PictureDescent(name, Optional.of(term), gamma, retain, alpha, rate, rows);
  }

  /// The same with a term for what is kept.
  public PictureDescent keeping(double alpha, PictureTerm term) {
    return new PictureDescent(name, forget, gamma, Optional.of(term), alpha, rate, rows);
  }

  /// The same with another learning rate.
  public PictureDescent rate(double rate) {
    return new PictureDescent(name, forget, gamma, retain, alpha, rate, rows);
  }

  /// The same in batches of another size.
  public PictureDescent rows(int rows) {
    return new PictureDescent(name, forget, gamma, retain, alpha, rate, rows);
  }

  /// The same under another name.
  public PictureDescent named(String name) {
    return new PictureDescent(name, forget, gamma, retain, alpha, rate, rows);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "forget",
        forget.isPresent() ? forget.get().configuration() : Map.of(),
        "gamma",
        gamma,
        "retain",
        retain.isPresent() ? retain.get().configuration() : Map.of(),
        "alpha",
        alpha,
        "rate",
        rate,
        "rows",
        rows);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return new Path(this, request);
  }

  /// A descent under way.
  private static final class Path extends Erasing {
    private final PictureDescent descent;
    private final PictureRequest request;
    private final Optional<PictureTerm.Objective> forget;
    private final Optional<PictureTerm.Objective> retain;
    private final Trainer trainer;

    Path(PictureDescent descent, PictureRequest request) {
      super(request.copy(), true);
      this.descent = descent;
      this.request = request;
      this.forget = descent.forget.map(term -> term.begin(request));
      this.retain = descent.retain.map(term -> term.begin(request));
      this.trainer =
          new Trainer(
              classifier().trainable(),
              new AdamW(.9, .999, 1e-8, 0),
              new Schedule.Constant(descent.rate),
              1);
    }

    @Override
    public boolean advance() {
      var losses = new ArrayList<Supplier<NDArray>>();
      forget.ifPresent(term -> losses.add(loss(term, descent.gamma, request.forget(), "forget")));
      retain.ifPresent(term -> losses.add(loss(term, descent.alpha, request.retain(), "retain")));
      try {
        trainer.step(losses);
        return true;
      } catch (ArithmeticException diverged) {
        return false;
      }
    }

    private Supplier<NDArray> loss(
        PictureTerm.Objective term, double weight, LabelledPictures pictures, String part) {
      int[] batch = batch(pictures.size(), part);
      request.learnedFrom(batch.length);
      return () -> Ops.scale(term.loss(classifier(), pictures, batch), weight);
    }

    /// The next batch of this epoch.
    private int[] batch(int size, String part) {
      int batches = Math.ceilDiv(size, descent.rows);
      var random = RandomStream.of(request.seed(), part, trainer.steps() / batches);
      List<int[]> epoch = Classification.batches(size, descent.rows, random);
      return epoch.get((int) (trainer.steps() % batches));
    }

    @Override
    public void close() {
      trainer.close();
      forget.ifPresent(PictureTerm.Objective::close);
      retain.ifPresent(PictureTerm.Objective::close);
      super.close();
    }
  }
}
