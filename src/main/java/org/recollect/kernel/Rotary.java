package org.recollect.kernel;

/// Rotary position embedding of one head's vector.
@FunctionalInterface
public interface Rotary {

  /// Turns the head that starts at `x[offset]` by the angles of `position`, in place.
  void rotate(float[] x, int offset, int position);
}
