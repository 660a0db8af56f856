package org.recollect.papers;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/// The project's working note behind an entry: where a method was written down before it was built.
///
/// @param file the name of the note
/// @param heading the section's heading, up to its dash
/// @param provenance every kind of ground that the section's details rest on, firmest first; where
///   it holds [Provenance#INFERRED], some step of the method is a choice of this project
public record Sheet(String file, String heading, Set<Provenance> provenance) {

  public Sheet {
    Claim.requireText(file, "a sheet's file");
    Claim.requireText(heading, "a sheet's heading");
    if (provenance.isEmpty()) {
      throw new IllegalArgumentException(
          "The sheet \"%s\" has no provenance: name at least one of the tags.".formatted(heading));
    }
    provenance = Collections.unmodifiableSet(EnumSet.copyOf(provenance));
  }
}
