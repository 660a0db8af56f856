package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Weights for tests.
final class SomeWeights {
  /// Odd and even sizes, a scalar, and one array that dwarfs the others.
  private static final List<Shape> SHAPES =
      List.of(new Shape(3, 5), new Shape(), new Shape(1), new Shape(64, 32), new Shape(2, 2, 2));

  private SomeWeights() {}

  /// Vectors of the values, named a, b, c and so on.
  static Weights of(float[]... values) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (float[] each : values) {
        arrays.put(String.valueOf((char) ('a' + arrays.size())), Memory.ofFloats(manager, each));
      }
      return Weights.of(arrays);
    }
  }

  static WeightDelta delta(float[]... values) {
    return new WeightDelta(of(values));
  }

  /// Normal numbers in arrays of several shapes.
  static Weights random(long seed, Object name) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (var shape : SHAPES) {
        var stream = RandomStream.of(seed, name, arrays.size());
        arrays.put(
            "layer." + arrays.size(),
            stream.gaussian(manager, new Shape(shape.size()), 1).reshape(shape));
      }
      return Weights.of(arrays);
    }
  }

  /// All numbers, array after array.
  static float[] flat(Weights weights) {
    var all = new ArrayList<Float>();
    weights
        .asMap()
        .values()
        .forEach(array -> {
          for (float value : Memory.toFloats(array)) {
            all.add(value);
          }
        });
    var values = new float[all.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = all.get(i);
    }
    return values;
  }
}
