package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import java.util.List;
import org.recollect.tensor.Ops;

/// A scaled product of two thin matrices that is added to a linear map, `y = W x + scale B A x`,
/// where the rows of `A` may be gated one by one, `y = W x + scale B (g * A x)`.
///
/// @param a `[rank][in]`
/// @param b `[out][rank]`
record LowRank(NDArray a, NDArray b, double scale) implements Adapter {

  /// The activation of each rank.
  ///
  /// @return `[...][rank]`
  NDArray activations(NDArray input) {
    return Ops.linear(input, a);
  }

  @Override
  public NDArray apply(NDArray input, NDArray output) {
    return add(output, activations(input));
  }

  /// What the map gives with these activations, gated or not. The scale is applied where the array
  /// is thin.
  ///
  /// @param output `[...][out]`
  /// @param activations `[...][rank]`
  NDArray add(NDArray output, NDArray activations) {
    return output.add(Ops.linear(scale == 1 ? activations : Ops.scale(activations, scale), b));
  }

  /// Activations of ranks in equal groups, each group times its gate.
  ///
  /// @param activations `[...][groups * rank]`
  /// @param gates `[...][groups]`
  /// @return `[...][groups * rank]`
  static NDArray gated(NDArray activations, NDArray gates) {
    var shape = activations.getShape();
    long groups = gates.getShape().getLastDimension();
    var grouped = shape.slice(0, shape.dimension() - 1).add(groups, -1);
    return activations.reshape(grouped).mul(gates.expandDims(-1)).reshape(shape);
  }

  /// `[out][in]`
  NDArray product() {
    return Ops.scale(Ops.matmul(b, a), scale);
  }

  /// The sum of several as one, whose ranks lie one behind the other.
  static LowRank sum(List<LowRank> terms) {
    // DJL's concatenation of a single array is a duplicate, which cuts the gradient.
    if (terms.size() == 1) {
      return terms.getFirst();
    }
    var a = new NDList();
    var b = new NDList();
    for (var term : terms) {
      a.add(term.a);
      b.add(term.scale == 1 ? term.b : Ops.scale(term.b, term.scale));
    }
    return new LowRank(NDArrays.concat(a, 0), NDArrays.concat(b, 1), 1);
  }

  static void requireScale(double scale) {
    if (!(scale > 0) || Double.isInfinite(scale)) {
      throw new IllegalArgumentException(
          "A low-rank product is scaled by a finite number above 0, not %s.".formatted(scale));
    }
  }

  /// The shape `[out][in]` of a linear map with a matrix of its own.
  static Shape matrix(Adaptable<?> model, String map) {
    var maps = model.linearMaps();
    if (!maps.contains(map) || !model.weights().contains(map + ".weight")) {
      throw new IllegalArgumentException(
          "'%s' is no linear map with weights of its own: name some of %s."
              .formatted(map, String.join(", ", maps)));
    }
    return model.weight(map).getShape();
  }

  /// @param expected the shape in words
  static void requireRows(String map, Shape rows, long width, String expected) {
    if (rows.dimension() != 2 || rows.get(1) != width) {
      throw new IllegalArgumentException(
          "The basis of %s is %s, expected %s with rows of %d."
              .formatted(map, rows, expected, width));
    }
  }
}
