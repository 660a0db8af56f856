package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Learning from what a teacher says of the pictures (Chundawat et al., "Can Bad Teaching Induce
/// Forgetting?", 2023, arXiv:2205.08096, equation 3): `KL(teacher || student)`, mean over pictures.
/// The *bad* teacher is a model that has learned nothing, for what is to be forgotten; the
/// *competent* one the model as it was, for the rest.
///
/// @param competent which of the two
record Teacher(boolean competent) implements PictureTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "teacher", "competent", competent);
  }

  @Override
  public Objective begin(PictureRequest request) {
    var teacher =
        competent
            ? request.copy()
            : request.lessons().beginner(request.forget(), request.seed() + 1);
    return new Objective() {
      @Override
      public NDArray loss(ImageClassifier student, LabelledPictures pictures, int... batch) {
        // A third of a pass that learns.
        request.looked(batch.length);
        return divergence(teacher, student, pictures, batch);
      }

      @Override
      public void close() {
        teacher.close();
      }
    };
  }

  private static NDArray divergence(
      ImageClassifier teacher, ImageClassifier student, LabelledPictures pictures, int... batch) {
    var manager = student.weights().asMap().values().iterator().next().getManager();
    var shown = pictures.pictures(manager, batch);
    NDArray wanted;
    try (var _ = Torch.withoutGradients()) {
      wanted = Ops.logSoftmax(teacher.logits(shown));
    }
    var said = Ops.logSoftmax(student.logits(shown));
    return wanted.exp().mul(wanted.sub(said)).sum(new int[] {1}).mean();
  }
}
