package org.recollect.retrieval.store;

import java.util.Arrays;

/// Bytes that a note carries besides its text, such as the codes of a compressed document.
/// Immutable.
public final class Payload {
  /// No bytes.
  public static final Payload NONE = new Payload(new byte[0]);

  private final byte[] bytes;

  private Payload(byte[] bytes) {
    this.bytes = bytes;
  }

  public static Payload of(byte... bytes) {
    return bytes.length == 0 ? NONE : new Payload(bytes.clone());
  }

  /// A copy.
  public byte[] bytes() {
    return bytes.clone();
  }

  /// In bytes.
  public int size() {
    return bytes.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload payload && Arrays.equals(bytes, payload.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return bytes.length + " bytes";
  }
}
