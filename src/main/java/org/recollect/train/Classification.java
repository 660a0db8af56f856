package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;

/// A recipe by which an [ImageClassifier] learns labelled pictures: the cross-entropy, [AdamW] with
/// a cosine.
///
/// ```java
/// var model = ConvNet.random(1, 10, RandomStream.of(seed, "model"));
/// Classification.ofConvNet().teach(model, LabelledPictures.train(glyphs, seed), seed);
/// ```
///
/// Models and batches are so small that [org.recollect.tensor.Torch#withThreads] of one is as fast
/// as two or faster; the number of threads changes the last bits.
///
/// @param epochs times that each picture is seen
/// @param rows pictures in a batch, at most
/// @param rate the highest learning rate
/// @param warmup share of the steps in which the rate rises, 0 to 1
/// @param weightDecay of [AdamW]
/// @param restriction strength of the penalty on large gradients, [GradientRestriction]; 0 for none
public record Classification(
    int epochs, int rows, double rate, double warmup, double weightDecay, double restriction) {
  private static final double MAX_NORM = 1;

  public Classification {
    if (epochs < 1 || rows < 1) {
      throw new IllegalArgumentException(
          "Teaching takes at least one epoch in batches of at least one picture; got %d and %d."
              .formatted(epochs, rows));
    }
  }

  /// Without a penalty on gradients.
  public Classification(int epochs, int rows, double rate, double warmup, double weightDecay) {
    this(epochs, rows, rate, warmup, weightDecay, 0);
  }

  /// For a [org.recollect.model.ConvNet]: half a minute for 36 classes of 200 pictures.
  public static Classification ofConvNet() {
    return new Classification(10, 50, 4e-3, .1, .01);
  }

  /// For a [org.recollect.model.VisionTransformer]: three quarters of a minute for as many.
  public static Classification ofTransformer() {
    return new Classification(15, 50, 2e-3, .1, .05);
  }

  /// The same with another number of epochs.
  public Classification epochs(int epochs) {
    return new Classification(epochs, rows, rate, warmup, weightDecay, restriction);
  }

  /// The same with another highest learning rate.
  public Classification rate(double rate) {
    return new Classification(epochs, rows, rate, warmup, weightDecay, restriction);
  }

  /// The same under a penalty on large gradients, which takes twice the passes.
  ///
  /// @param alpha strength of the penalty, above 0
  public Classification restricted(double alpha) {
    new GradientRestriction(alpha);
    return new Classification(epochs, rows, rate, warmup, weightDecay, alpha);
  }

  /// How often each picture goes forward and backward through the model.
  public int passes() {
    return restriction == 0 ? epochs : 2 * epochs;
  }

  /// Teaches the model in place; the model given is ready for evaluation before and after.
  ///
  /// @param seed of the order of the pictures
  /// @param hooks into each step
  public void teach(
      ImageClassifier model, LabelledPictures pictures, long seed, TrainingHook... hooks) {
    if (pictures.size() == 0) {
      throw new IllegalArgumentException("There are no pictures to learn: give at least one.");
    }
    var learner = model.training();
    long steps = (long) epochs * Math.ceilDiv(pictures.size(), rows);
    var schedule = new Schedule.Cosine(rate, Math.round(warmup * steps), steps, 0);
    var optimizer = new AdamW(.9, .999, 1e-8, weightDecay);
    try (var trained = model.trainable();
        var trainer = new Trainer(trained, optimizer, schedule, MAX_NORM, hooks)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (int[] batch : batches(pictures.size(), rows, RandomStream.of(seed, "epoch", epoch))) {
          Supplier<NDArray> loss = () -> loss(learner, pictures, batch);
          if (restriction == 0) {
            trainer.step(loss);
          } else {
            var penalised = new GradientRestriction(restriction);
            trainer.step(tape -> penalised.backward(tape, trained, loss));
          }
        }
      }
    }
  }

  /// The mean cross-entropy of some pictures in nats, differentiable; whoever calls it opens a
  /// scope for the arrays it makes.
  ///
  /// @param batch places in the set
  /// @return a scalar
  public static NDArray loss(ImageClassifier model, LabelledPictures pictures, int... batch) {
    var manager = model.weights().asMap().values().iterator().next().getManager();
    var logits = model.logits(pictures.pictures(manager, batch));
    return Ops.crossEntropy(logits, pictures.labels(manager, batch));
  }

  /// Every place once, in random order, in as few batches as can be, whose sizes differ by one at
  /// most: batch norm bears no batch of a few left over.
  ///
  /// @param rows in a batch, at most
  public static List<int[]> batches(int size, int rows, RandomStream random) {
    int[] order = random.indices(size, size);
    int count = Math.ceilDiv(size, rows);
    var batches = new ArrayList<int[]>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) size * i / count);
      int to = (int) ((long) size * (i + 1) / count);
      batches.add(Arrays.copyOfRange(order, from, to));
    }
    return batches;
  }
}
