package org.recollect.kernel;

/// The columns of a matrix cut into runs that share a scale. A group of bit planes starts on a word
/// of its own.
///
/// @param columns at least 1
/// @param size columns of a group; the last group may be shorter
record ColumnGroups(int columns, int size) {

  /// Columns of one word of a bit plane.
  static final int WORD = Integer.SIZE;

  /// With 8-bit codes on both sides the sum over a group still fits an int.
  private static final int LARGEST = 1 << 16;

  ColumnGroups {
    if (columns < 1 || size < 1) {
      throw new IllegalArgumentException(
          "A matrix of groups has at least one column and groups of at least one; asked for %d columns in groups of %d."
              .formatted(columns, size));
    }
    size = Math.min(size, columns);
    if (size > LARGEST) {
      throw new IllegalArgumentException(
          "A group has at most %,d columns, not %,d: use smaller groups.".formatted(LARGEST, size));
    }
  }

  int count() {
    return Math.ceilDiv(columns, size);
  }

  /// First column of a group.
  int start(int group) {
    return group * size;
  }

  /// Columns of a group.
  int length(int group) {
    return Math.min(size, columns - start(group));
  }

  /// Words of one bit plane of a group.
  int words(int group) {
    return Math.ceilDiv(length(group), WORD);
  }

  /// Words of one bit plane of all groups before this one.
  int wordsBefore(int group) {
    return group * Math.ceilDiv(size, WORD);
  }
}
