package org.recollect.notebook;

/// What a cell calls in place of `System.exit`. Public because the code of cells links to it.
public final class Exit {
  private Exit() {}

  /// Stands for `System.exit(status)`.
  ///
  /// @throws UnsupportedOperationException always
  public static void refuse(int status) {
    throw new UnsupportedOperationException(
        "System.exit("
            + status
            + ") would end the kernel and lose every variable of the notebook: leave it out, or"
            + " restart the kernel from the menu to begin afresh.");
  }

  /// Stands for `runtime.exit(status)` and `runtime.halt(status)`.
  ///
  /// @throws UnsupportedOperationException always
  public static void refuse(Runtime runtime, int status) {
    refuse(status);
  }
}
