package org.recollect.kv.omni;

/// What a token stands for.
public enum Modality {
  TEXT,
  VIDEO,
  AUDIO
}
