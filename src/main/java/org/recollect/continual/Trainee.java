package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import org.recollect.data.Lesson;
import org.recollect.model.Adaptable;
import org.recollect.model.Adapter;
import org.recollect.model.Overlay;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// What is being trained: a model, what is laid over it, and which of the weights move. Strategies
/// know models of text and of pictures through this alone.
///
/// A *prediction* is what a loss is the mean of: a token of an answer, a token of an excerpt, the
/// class of a picture. Whoever calls for arrays opens a scope for them.
///
/// Mutable: weights are trained in place, and a strategy may lay overlays and choose what moves.
/// Owns the model's weights, not the overlays.
public abstract sealed class Trainee implements AutoCloseable
    permits LanguageTrainee, PictureTrainee {
  private final Effort effort;
  private List<Overlay> overlays = List.of();

  /// Overlays that are closed with this trainee.
  private List<Overlay> owned = List.of();

  private Weights trainable;
  private boolean learning;

  Trainee(Effort effort) {
    this.effort = effort;
  }

  /// All weights of the model itself, without those of overlays.
  public abstract Weights weights();

  /// The weights of the model itself that can be trained: all but running statistics.
  public abstract Weights learned();

  /// The model itself, for what works on its linear maps.
  ///
  /// @throws IllegalStateException if it has none that can be adapted
  public abstract Adaptable<?> adaptable();

  /// What the head is given, differentiable.
  ///
  /// @return `[predictions][width]`
  public abstract NDArray features(List<Lesson> lessons);

  /// The logits of features, differentiable.
  ///
  /// @param features `[predictions][width]`
  /// @param lessons that they are of
  /// @return `[predictions][classes]`
  public abstract NDArray head(NDArray features, List<Lesson> lessons);

  /// What should be predicted `[predictions]`, int64.
  public abstract NDArray targets(List<Lesson> lessons);

  /// The classes that lessons have, where a head has classes that come with the tasks; none where
  /// all tasks share their answers' tokens.
  public abstract SequencedSet<Integer> labels(List<Lesson> lessons);

  /// Reads lessons and says how well they are known: the share of answers that are right in every
  /// token, of pictures whose class is right, or, of excerpts, minus the bits per byte. Higher is
  /// better.
  public abstract double score(List<Lesson> lessons);

  /// A trainee of the same model with weights of its own and nothing laid over it.
  abstract Trainee bare();

  /// Frees the model.
  abstract void closeModel();

  /// Makes the model one with these overlays.
  abstract void laid(List<Overlay> laid);

  /// Adds overlays that have no weights to what is laid, until [#laid] is called again.
  abstract void alsoLaid(Map<String, Adapter> observers);

  /// The logits, differentiable `[predictions][classes]`.
  public final NDArray logits(List<Lesson> lessons) {
    return head(features(lessons), lessons);
  }

  /// The mean loss over all predictions in nats, a differentiable scalar.
  public final NDArray loss(List<Lesson> lessons) {
    return Ops.crossEntropy(logits(lessons), targets(lessons));
  }

  /// What moves in training: at first all that can.
  public final Weights trainable() {
    return trainable == null ? learned() : trainable;
  }

  /// Lets these weights move and no others: some of the model's own, or those of an overlay.
  public final void tune(Weights some) {
    trainable = some;
  }

  /// Lays these over the model, in the place of what was laid before; none takes all away.
  public final void lay(Overlay... others) {
    lay(Arrays.asList(others));
  }

  /// The same for a list.
  public final void lay(List<? extends Overlay> others) {
    overlays = List.copyOf(others);
    laid(overlays);
  }

  /// Reads lessons one by one, without padding or gradients, while observers see what goes into
  /// linear maps.
  ///
  /// @param observers by the names of linear maps; they hand on the output that they are given
  public final void observe(Map<String, Adapter> observers, List<Lesson> lessons) {
    alsoLaid(observers);
    try (var _ = Torch.withoutGradients()) {
      for (Lesson lesson : lessons) {
        try (var _ = Torch.newScope()) {
          features(List.of(lesson));
        }
      }
    } finally {
      laid(overlays);
    }
  }

  /// What lies over the model.
  public final List<Overlay> overlays() {
    return overlays;
  }

  /// Whether the model is in the mode of training, where that differs from evaluation.
  final boolean learning() {
    return learning;
  }

  final void learning(boolean on) {
    learning = on;
  }

  final Effort effort() {
    return effort;
  }

  /// Counts a pass: two operations for each multiplication of the forward pass, and, where
  /// gradients are recorded, as many for those of activations and for those of weights that move.
  final void spend(long tokens, double forward) {
    double moving = (double) trainable().parameters() / weights().parameters();
    double backward = Torch.recording() ? forward * (1 + Math.min(1, moving)) : 0;
    effort.add(tokens, forward + backward);
  }

  /// A copy that is not trained, with what is laid over it; it answers as this does now. The caller
  /// closes it.
  public final Trainee snapshot() {
    var copy = bare();
    copy.owned = overlays.stream().map(Overlay::copy).toList();
    copy.lay(copy.owned);
    return copy;
  }

  @Override
  public final void close() {
    owned.forEach(Overlay::close);
    closeModel();
  }
}
