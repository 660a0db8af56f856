package org.recollect.kv;

/// Sizes that fit a model's shape.
final class Groups {

  private Groups() {}

  /// The largest divisor of `whole` that is at most `wanted`: groups all of one size.
  static int dividing(int whole, int wanted) {
    int size = Math.min(whole, wanted);
    while (whole % size != 0) {
      size--;
    }
    return size;
  }
}
