package org.recollect.unlearning.vision;

import java.util.List;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Checkpoints;
import org.recollect.model.ConvNet;
import org.recollect.model.ImageClassifier;
import org.recollect.model.VisionConfig;
import org.recollect.model.VisionTransformer;
import org.recollect.tensor.RandomStream;
import org.recollect.train.Classification;

/// The subject of a study of erasure: an image classifier before it has seen anything, and how it
/// is taught. The study teaches it twice from the same seed, with what is to be forgotten and
/// without.
///
/// @param kind of network
/// @param lessons by which it learns
public record PictureLearner(Kind kind, Classification lessons) {

  /// A kind of network.
  public enum Kind {
    /// A small convolutional network with batch norm, about 25 thousand weights: [ConvNet].
    CONVOLUTIONAL,
    /// A small vision Transformer, about 135 thousand weights: [VisionTransformer].
    TRANSFORMER
  }

  /// A convolutional network.
  public static PictureLearner convNet() {
    return new PictureLearner(Kind.CONVOLUTIONAL, Classification.ofConvNet());
  }

  /// A vision Transformer.
  public static PictureLearner transformer() {
    return new PictureLearner(Kind.TRANSFORMER, Classification.ofTransformer());
  }

  /// The same, taught in another way.
  public PictureLearner taughtBy(Classification other) {
    return new PictureLearner(kind, other);
  }

  /// As captions name it.
  public String name() {
    return kind == Kind.CONVOLUTIONAL ? "a small convolutional network" : "a small ViT";
  }

  /// Everything that makes it what it is, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of("kind", kind, "lessons", lessons);
  }

  /// A network that has seen nothing; the caller closes it.
  ///
  /// @param pictures whose channels and classes it is made for
  public ImageClassifier beginner(LabelledPictures pictures, long seed) {
    var random = RandomStream.of(seed, "classifier");
    int classes = pictures.classes().size();
    return switch (kind) {
      case CONVOLUTIONAL -> ConvNet.random(pictures.channels(), classes, random);
      case TRANSFORMER ->
          VisionTransformer.random(
              VisionConfig.small(classes).channels(pictures.channels()), random);
    };
  }

  /// The network that has learned some pictures; of an earlier call, if the cache has it. The
  /// caller closes it.
  public ImageClassifier taught(LabelledPictures pictures, long seed) {
    try (var beginner = beginner(pictures, seed)) {
      var weights =
          Checkpoints.cached()
              .get(
                  () -> {
                    var pupil = beginner.withWeights(beginner.weights().copy());
                    lessons.teach(pupil, pictures, seed);
                    return pupil.weights();
                  },
                  List.of(configuration(), pictures.configuration(), seed));
      return beginner.withWeights(weights);
    }
  }
}
