package org.recollect.kernel;

/// Rotary position embedding: channel `i` of a head turns together with channel `i + headDim/2`, by
/// an angle that grows with the position.
public interface Rotary {

  /// Fills in the cosines and sines of the angles by which tokens are turned, that of pair `i` and
  /// token `t` at `i * stride + t`.
  ///
  /// @param positions where the tokens stand
  /// @param tokens how many of them count
  /// @param stride at least `tokens`
  /// @param cos `[headDim/2][stride]`
  /// @param sin `[headDim/2][stride]`
  void angles(int[] positions, int tokens, int stride, float[] cos, float[] sin);
}
