package org.recollect.notebook;

import java.util.List;

/// Why a cell did not finish, in the three parts that the Jupyter protocol carries.
final class CellFailure extends RuntimeException {
  private final String name;
  private final List<String> traceback;

  /// @param name short name of the error, such as `IllegalArgumentException`
  /// @param message the sentence for the reader
  /// @param traceback lines to print, which may hold ANSI colours
  CellFailure(String name, String message, List<String> traceback) {
    super(message);
    this.name = name;
    this.traceback = List.copyOf(traceback);
  }

  String name() {
    return name;
  }

  List<String> traceback() {
    return traceback;
  }
}
