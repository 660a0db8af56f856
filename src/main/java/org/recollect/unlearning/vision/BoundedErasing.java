package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.Optional;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;
import org.recollect.train.AdamW;
import org.recollect.train.Classification;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;
import org.recollect.train.TrainingHook;

/// A [BoundedAscent] under way, with whatever else a method adds to its loss. Both sides are seen
/// in epochs of a new order each. Mutable; owns the classifier.
abstract class BoundedErasing extends Erasing {
  private final BoundedAscent ascent;
  private final PictureRequest request;
  private final Weights trained;
  private final Trainer trainer;

  /// A batch of one side as the classifier sees it now.
  ///
  /// @param pictures `[rows][channels][pixels][pixels]`
  /// @param logits `[rows][classes]`, differentiable
  /// @param labels `[rows]`
  /// @param loss their mean cross-entropy in nats, a differentiable scalar
  record Seen(NDArray pictures, NDArray logits, int[] labels, NDArray loss) {}

  /// @param copy of the classifier that came with the request; owned
  /// @param trained weights that the gradients lead
  /// @param hooks into each step
  BoundedErasing(
      BoundedAscent ascent,
      PictureRequest request,
      ImageClassifier copy,
      Weights trained,
      TrainingHook... hooks) {
    super(copy, true);
    this.ascent = ascent;
    this.request = request;
    this.trained = trained;
    this.trainer =
        new Trainer(
            trained,
            new AdamW(.9, .999, 1e-8, ascent.weightDecay()),
            new Schedule.Cosine(ascent.rate(), 0, ascent.steps(), 1e-3),
            1,
            hooks);
  }

  /// The classifier whose loss is taken.
  abstract ImageClassifier tuned();

  /// What the method adds to the loss, a scalar.
  abstract Optional<NDArray> added(Seen kept, Seen forgotten);

  /// Called after each step.
  void moved() {}

  /// Steps taken so far, as a share of all.
  final double progress() {
    return (double) trainer.steps() / ascent.steps();
  }

  @Override
  public long trained() {
    return trained.parameters();
  }

  @Override
  public boolean advance() {
    if (trainer.steps() >= ascent.steps()) {
      return false;
    }
    int[] kept = batch("retain", request.retain());
    int[] forgotten = batch("forget", request.forget());
    try {
      trainer.step(() -> loss(kept, forgotten));
    } catch (ArithmeticException diverged) {
      return false;
    }
    request.learnedFrom(kept.length + forgotten.length);
    moved();
    return true;
  }

  private NDArray loss(int[] keptRows, int[] forgottenRows) {
    var kept = seen(request.retain(), keptRows);
    var forgotten = seen(request.forget(), forgottenRows);
    var loss = ascent.loss(kept.loss, forgotten.loss, tuned().classes());
    return added(kept, forgotten).map(loss::add).orElse(loss);
  }

  private Seen seen(LabelledPictures from, int[] rows) {
    var manager = trained.asMap().values().iterator().next().getManager();
    var pictures = from.pictures(manager, rows);
    var logits = tuned().logits(pictures);
    int[] labels = Arrays.stream(rows).map(row -> from.items().get(row).label()).toArray();
    return new Seen(pictures, logits, labels, Ops.crossEntropy(logits, from.labels(manager, rows)));
  }

  /// The next batch of this epoch.
  private int[] batch(String side, LabelledPictures from) {
    int each = Math.ceilDiv(from.size(), ascent.rows());
    var random = RandomStream.of(request.seed(), side, trainer.steps() / each);
    return Classification.batches(from.size(), ascent.rows(), random)
        .get((int) (trainer.steps() % each));
  }

  @Override
  public void close() {
    trainer.close();
    super.close();
  }
}
