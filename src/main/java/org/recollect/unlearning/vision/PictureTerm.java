package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Configured;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.train.Classification;

/// A term of the loss that a [PictureDescent] goes down.
public interface PictureTerm extends Configured {

  /// The cross-entropy of the true labels: goes on teaching.
  PictureTerm LIKELIHOOD =
      of("cross-entropy", (model, pictures, batch) -> Classification.loss(model, pictures, batch));

  /// Its opposite: up the cross-entropy, without a bound (Golatkar et al., "Eternal Sunshine of the
  /// Spotless Net", 2020, arXiv:1911.04933, there called negative gradient).
  PictureTerm ASCENT =
      of(
          "ascent",
          (model, pictures, batch) -> Ops.scale(Classification.loss(model, pictures, batch), -1));

  /// A term that needs no preparation.
  static PictureTerm of(String name, Objective objective) {
    return new PictureTerm() {
      @Override
      public Map<String, ?> configuration() {
        return Map.of("term", name);
      }

      @Override
      public Objective begin(PictureRequest request) {
        return objective;
      }
    };
  }

  /// Prepares for a request: draws what it draws, opens what it compares with.
  Objective begin(PictureRequest request);

  /// The term for one request. Closes what it owns.
  @FunctionalInterface
  interface Objective extends AutoCloseable {

    /// The mean loss of some pictures, differentiable.
    ///
    /// @param batch places in the set, which is the request's forget or retain set
    /// @return a scalar
    NDArray loss(ImageClassifier model, LabelledPictures pictures, int... batch);

    @Override
    default void close() {}
  }
}
