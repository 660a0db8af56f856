package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// A task vector (Ilharco et al., "Editing Models with Task Arithmetic", 2022, arXiv:2212.04089,
/// section 2): what tuning has changed,
///
/// `tau = theta - theta_0`,
///
/// which can be scaled, added to others, and added to the weights that it starts from. Every
/// operation leaves its operands as they are. Owns its arrays.
///
/// ```java
/// try (var tau = WeightDelta.between(tuned.weights(), base.weights());
///     var half = tau.times(0.5)) {
///   var model = base.withWeights(half.addedTo(base.weights()));
/// }
/// ```
///
/// @param arrays the differences by weight, float32
public record WeightDelta(Weights arrays) implements AutoCloseable {

  public WeightDelta {
    arrays.expectFloats();
  }

  /// What leads from a base to tuned weights. Both must have the same arrays: choose them by
  /// [Weights#only] where one model has more, such as inserted blocks.
  ///
  /// @throws IllegalArgumentException when an array is in one of the two only
  public static WeightDelta between(Weights tuned, Weights base) {
    return new WeightDelta(tuned.zip(base, NDArray::sub));
  }

  /// The sum of the two.
  ///
  /// @throws IllegalArgumentException when an array is in one of the two only
  public WeightDelta plus(WeightDelta other) {
    return new WeightDelta(arrays.zip(other.arrays, NDArray::add));
  }

  /// This, scaled. A negative factor makes a model forget the task.
  public WeightDelta times(double lambda) {
    return new WeightDelta(arrays.map((name, array) -> Ops.scale(array, lambda)));
  }

  /// New weights `theta_0 + tau`. Arrays of the base without a difference are copied.
  ///
  /// @throws IllegalArgumentException when a difference is of an array that the base lacks
  public Weights addedTo(Weights base) {
    base.only(arrays::contains).expectAlike(arrays);
    return base.map((name, array) -> arrays.contains(name) ? array.add(arrays.get(name)) : array);
  }

  /// The Euclidean length, all arrays taken as one vector.
  public double norm() {
    return Math.sqrt(dot(this));
  }

  /// The inner product, all arrays taken as one vector.
  ///
  /// @throws IllegalArgumentException when an array is in one of the two only
  public double dot(WeightDelta other) {
    arrays.expectAlike(other.arrays);
    return arrays.names().stream().mapToDouble(name -> dot(other, name)).sum();
  }

  /// The cosine of the angle between the two, -1 to 1, all arrays taken as one vector; not a number
  /// where one of them is zero.
  public double cosine(WeightDelta other) {
    return dot(other) / (norm() * other.norm());
  }

  /// The same for each array by itself.
  public SequencedMap<String, Double> cosines(WeightDelta other) {
    arrays.expectAlike(other.arrays);
    var cosines = new LinkedHashMap<String, Double>();
    for (String name : arrays.names()) {
      double lengths = Math.sqrt(dot(this, name)) * Math.sqrt(other.dot(other, name));
      cosines.put(name, dot(other, name) / lengths);
    }
    return cosines;
  }

  private double dot(WeightDelta other, String name) {
    return InnerProduct.of(
        Memory.toFloats(arrays.get(name)), Memory.toFloats(other.arrays.get(name)));
  }

  @Override
  public void close() {
    arrays.close();
  }
}
