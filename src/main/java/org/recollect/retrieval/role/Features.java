package org.recollect.retrieval.role;

import java.util.Arrays;

/// Named numbers, by the slot of their name in [HashedWeights]. Mutable while it is filled.
final class Features {
  private int[] slots = new int[16];
  private float[] values = new float[16];
  private int size;

  Features add(String name) {
    return add(HashedWeights.slot(name), 1);
  }

  Features add(String name, double value) {
    return add(HashedWeights.slot(name), value);
  }

  /// A feature of two names together.
  Features cross(String first, String second) {
    return add(HashedWeights.slot(first, second), 1);
  }

  private Features add(int slot, double value) {
    if (value != 0) {
      if (size == slots.length) {
        slots = Arrays.copyOf(slots, 2 * size);
        values = Arrays.copyOf(values, 2 * size);
      }
      slots[size] = slot;
      values[size++] = (float) value;
    }
    return this;
  }

  int size() {
    return size;
  }

  int slot(int i) {
    return slots[i];
  }

  float value(int i) {
    return values[i];
  }
}
