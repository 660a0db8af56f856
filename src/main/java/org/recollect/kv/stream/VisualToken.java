package org.recollect.kv.stream;

/// A visual token that a memory holds.
///
/// @param frame it was seen in, from 0
/// @param cell of the frame, read like text
/// @param vector of length 1, `[dimensions]`
/// @param salience how much it is worth keeping, see [Salience]
public record VisualToken(int frame, int cell, float[] vector, double salience) {

  /// The same token with another vector.
  VisualToken with(float[] vector) {
    return new VisualToken(frame, cell, vector, salience);
  }
}
