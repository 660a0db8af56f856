package org.recollect.lab;

import java.util.Map;

/// Something that a trial's result depends on, and that is told apart by its content.
public interface Configured {

  /// Everything that makes this what it is, for the hash of a trial: names to numbers, text,
  /// booleans, enum constants, or lists, maps and records of these. Two of one class that behave
  /// differently must differ here. Of a record these are its components, unless it says otherwise.
  ///
  /// @throws IllegalStateException if this is no record and does not say what it is
  default Map<String, ?> configuration() {
    if (this instanceof Record record) {
      return Map.of("components", record);
    }
    throw new IllegalStateException(
        "What makes %s what it is cannot be seen: make it a record, or override configuration()."
            .formatted(getClass().getName()));
  }
}
