package org.recollect.tensor;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.stream.IntStream;

/// Some entries of an array.
///
/// @param at their places in row-major order, rising
record SparseEntries(Shape shape, int[] at, float[] values) {
  SparseEntries {
    if (at.length != values.length) {
      throw new IllegalArgumentException(
          "%d places have %d values, expected one each.".formatted(at.length, values.length));
    }
    for (int i = 0; i < at.length; i++) {
      if (at[i] < 0 || at[i] >= shape.size() || i > 0 && at[i] <= at[i - 1]) {
        throw new IllegalArgumentException(
            "Place %d of an array %s is outside or out of order.".formatted(at[i], shape));
      }
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "An entry of an array %s is %s, expected a finite number: tune with a lower rate."
                .formatted(shape, values[i]));
      }
    }
  }

  long all() {
    return shape.size();
  }

  SparseEntries plus(SparseEntries other) {
    expect(other.shape);
    var union = IntStream.concat(Arrays.stream(at), Arrays.stream(other.at)).sorted().distinct();
    var places = union.toArray();
    var sums = new float[places.length];
    for (int i = 0; i < sums.length; i++) {
      sums[i] = at(places[i]) + other.at(places[i]);
    }
    return new SparseEntries(shape, places, sums);
  }

  private float at(int place) {
    int i = Arrays.binarySearch(at, place);
    return i < 0 ? 0 : values[i];
  }

  void addTo(float[] target) {
    for (int i = 0; i < at.length; i++) {
      target[at[i]] += values[i];
    }
  }

  void expect(Shape other) {
    if (!shape.equals(other)) {
      throw new IllegalArgumentException(
          "The change is of an array %s, but that is %s here: both must come from models of one configuration."
              .formatted(shape, other));
    }
  }
}
