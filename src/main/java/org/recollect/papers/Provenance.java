package org.recollect.papers;

import java.util.Locale;

/// What a detail of an implementation rests on, from the firmest ground to the softest.
public enum Provenance {
  /// Confirmed in the code that the authors released.
  CODE("confirmed in the released code"),
  /// Read in the text of the paper.
  TEXT("read in the paper"),
  /// Stated in the abstract.
  ABSTRACT("stated in the abstract"),
  /// Read in somebody else's summary or re-implementation, which may be wrong.
  SECONDARY("read in a third party's account"),
  /// General knowledge of the paper or of the work it builds on, not looked up again.
  LITERATURE("known from the literature"),
  /// Tried out in a small numerical check of our own.
  CHECKED("checked numerically"),
  /// A design choice of this project: consistent with the abstract, confirmed by nothing.
  INFERRED("inferred");

  private final String label;

  Provenance(String label) {
    this.label = label;
  }

  /// The meaning in a few words, for a reader.
  public String label() {
    return label;
  }

  /// The tag as it stands in the catalogue's resources: the name in lower case.
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
