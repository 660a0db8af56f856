package org.recollect;

/// The front door.
public final class Recollect {
  private Recollect() {}
}
