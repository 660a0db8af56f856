package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// What is typical of each class: the mean of its examples' vectors, be they features or logits.
///
/// ```java
/// var seen = Predictions.of(model, pictures);
/// var prototypes = Prototypes.of(seen.logits(), seen.labels(), model.classes());
/// ```
///
/// @param means `[classes][dim]`; a class without examples has an empty row
public record Prototypes(float[][] means) {

  /// @param vectors `[examples][dim]`, at least one
  /// @param labels `[examples]`, the class of each
  /// @param classes there are; not all need examples
  public static Prototypes of(float[][] vectors, int[] labels, int classes) {
    if (vectors.length == 0 || vectors.length != labels.length) {
      throw new IllegalArgumentException(
          "Prototypes are means of examples with a label each, not of %d vectors with %d labels: give as many of both, at least one."
              .formatted(vectors.length, labels.length));
    }
    var sums = new double[classes][];
    var counts = new int[classes];
    for (int i = 0; i < vectors.length; i++) {
      int label = labels[i];
      if (sums[label] == null) {
        sums[label] = new double[vectors[i].length];
      }
      counts[label]++;
      for (int d = 0; d < vectors[i].length; d++) {
        sums[label][d] += vectors[i][d];
      }
    }
    var means = new float[classes][0];
    for (int label = 0; label < classes; label++) {
      if (counts[label] > 0) {
        means[label] = new float[sums[label].length];
        for (int d = 0; d < means[label].length; d++) {
          means[label][d] = (float) (sums[label][d] / counts[label]);
        }
      }
    }
    return new Prototypes(means);
  }

  /// Whether a class had examples.
  public boolean has(int label) {
    return label >= 0 && label < means.length && means[label].length > 0;
  }

  /// How far vectors are from their classes' prototypes when each is read as logits:
  /// `KL(softmax(prototype) || softmax(vector))` in nats, at least 0, differentiable in the vectors
  /// and 0 at the prototype.
  ///
  /// @param vectors `[batch][dim]`
  /// @param labels `[batch]`
  /// @return `[batch]`
  /// @throws IllegalArgumentException if a class has no prototype
  public NDArray divergence(NDArray vectors, int... labels) {
    int dim = (int) vectors.getShape().get(1);
    var chosen = new float[labels.length * dim];
    for (int i = 0; i < labels.length; i++) {
      if (!has(labels[i])) {
        throw new IllegalArgumentException(
            "Class %d has no prototype: there were examples of %s only."
                .formatted(labels[i], Arrays.toString(known())));
      }
      System.arraycopy(means[labels[i]], 0, chosen, i * dim, dim);
    }
    var typical = Ops.logSoftmax(Memory.ofFloats(vectors.getManager(), chosen, labels.length, dim));
    return typical.exp().mul(typical.sub(Ops.logSoftmax(vectors))).sum(new int[] {1});
  }

  private int[] known() {
    return IntStream.range(0, means.length).filter(this::has).toArray();
  }
}
