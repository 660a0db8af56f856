package org.recollect.unlearning.vision;

import java.util.function.Supplier;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Meter;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Weights;
import org.recollect.train.PictureCost;

/// A request to forget pictures, as an [Eraser] gets it.
///
/// @param model that has learned what is to be forgotten; the study's own, not to be changed
/// @param forget what is to be forgotten now
/// @param retain what may be used to keep the rest
/// @param lessons by which the model was taught
/// @param seed of all that is drawn at random
/// @param meter that takes down what is spent
/// @param retrained gives the oracle, for arms that mark a bound; the study's own
public record PictureRequest(
    ImageClassifier model,
    LabelledPictures forget,
    LabelledPictures retain,
    PictureLearner lessons,
    long seed,
    Meter meter,
    Supplier<ImageClassifier> retrained) {

  /// The same request with other pictures to learn from.
  public PictureRequest given(LabelledPictures forget, LabelledPictures retain) {
    return new PictureRequest(model, forget, retain, lessons, seed, meter, retrained);
  }

  /// A copy of the model, for whoever changes weights; the caller closes it.
  public ImageClassifier copy() {
    return model.withWeights(model.weights().copy());
  }

  /// Weights that are found from the model and the retain set, or all pictures, once for all arms:
  /// of an earlier call, if the cache has them. The caller closes them.
  ///
  /// @param what they are, with all that decides them besides the model and the pictures
  public Weights kept(String what, Supplier<Weights> finding) {
    return Checkpoints.cached()
        .get(
            finding,
            what,
            model.weights().digest(),
            retain.configuration(),
            forget.configuration());
  }

  /// Takes down a pass over some pictures, forward and backward: three times the operations of a
  /// forward pass.
  public void learnedFrom(int pictures) {
    meter.flop(3.0 * PictureCost.forward(model, forget.pixels()) * pictures);
  }

  /// Takes down a forward pass over some pictures.
  public void looked(int pictures) {
    meter.flop(PictureCost.forward(model, forget.pixels()) * pictures);
  }
}
