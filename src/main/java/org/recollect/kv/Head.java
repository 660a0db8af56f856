package org.recollect.kv;

/// One query head of a model.
///
/// @param layer from 0
/// @param head from 0 in its layer
public record Head(int layer, int head) {

  /// As in `2.5`: head 5 of layer 2.
  @Override
  public String toString() {
    return layer + "." + head;
  }
}
