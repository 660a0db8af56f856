package org.recollect.notebook;

/// The few terminal colours that front ends translate in a traceback.
final class Ansi {
  private Ansi() {}

  static String red(String text) {
    return "\u001b[31m" + text + "\u001b[0m";
  }

  static String green(String text) {
    return "\u001b[32m" + text + "\u001b[0m";
  }
}
