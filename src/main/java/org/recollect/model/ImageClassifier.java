package org.recollect.model;

import ai.djl.ndarray.NDArray;
import org.recollect.tensor.Weights;

/// A classifier of pictures over named weights.
///
/// [#logits] can be differentiated when it runs under [org.recollect.tensor.Torch#gradients];
/// whoever calls it opens a scope for the arrays it makes. The weights may be trained in place; all
/// else is immutable. `org.recollect.train.Classification` teaches one.
public interface ImageClassifier extends AutoCloseable {

  /// All weights, the model's own.
  Weights weights();

  /// How many classes it tells apart.
  int classes();

  /// What the last linear layer is given, differentiable.
  ///
  /// @param pictures `[batch][channels][height][width]`, 0 to 1
  /// @return `[batch][features]`
  NDArray features(NDArray pictures);

  /// The last linear layer.
  ///
  /// @param features `[batch][features]`
  /// @return `[batch][classes]`
  NDArray head(NDArray features);

  /// The logits of the classes, differentiable.
  ///
  /// @param pictures `[batch][channels][height][width]`, 0 to 1
  /// @return `[batch][classes]`
  default NDArray logits(NDArray pictures) {
    return head(features(pictures));
  }

  /// A model with other weights, which it owns, and all else as here.
  ImageClassifier withWeights(Weights other);

  /// This model in the mode of training, where that differs from evaluation. It shares the weights,
  /// which this model owns.
  default ImageClassifier training() {
    return this;
  }

  /// Whether a weight is learned along its gradient, as all are but running statistics.
  ///
  /// @param weight a name of [#weights]
  default boolean learns(String weight) {
    return true;
  }

  /// The weights that are learned along their gradients: a view that owns none of them.
  default Weights trainable() {
    return weights().only(this::learns);
  }

  /// Frees the weights, if they are its own.
  @Override
  void close();
}
