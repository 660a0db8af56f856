package org.recollect.kernel;

/// The implementations of the hot loops in use on this machine.
public final class Kernels {

  private static final DecodeAttention REFERENCE = new ReferenceAttention();

  private Kernels() {}

  /// Decode attention as caches use it: the reference implementation, until there is a faster one.
  public static DecodeAttention decodeAttention() {
    return REFERENCE;
  }

  /// Decode attention in plain scalar Java, the one that defines what the others must compute.
  public static DecodeAttention reference() {
    return REFERENCE;
  }
}
