package org.recollect.notebook.render;

import java.util.Objects;
import java.util.UUID;

/// Shows values in the notebook that the process serves, or as text where it serves none.
public final class Display {

  /// Where values are shown.
  public interface Front {
    /// @param id a name under which the value may be replaced later
    void show(String id, Object value);

    /// Replaces what was shown under the name.
    void update(String id, Object value);
  }

  /// Prints values: for programs and tests without a notebook.
  static final Front CONSOLE =
      new Front() {
        @Override
        public void show(String id, Object value) {
          System.out.println(value);
        }

        @Override
        public void update(String id, Object value) {
          System.out.println(value);
        }
      };

  private static volatile Front front = CONSOLE;

  private Display() {}

  /// Shows values somewhere else from now on, in the whole process: a process has one notebook.
  public static void showIn(Front other) {
    front = Objects.requireNonNull(other);
  }

  /// Shows a value below the running cell.
  ///
  /// @return the name under which [#update] replaces it
  public static String show(Object value) {
    String id = UUID.randomUUID().toString();
    front.show(id, Objects.requireNonNull(value, "There is no value to show: it is null."));
    return id;
  }

  /// Replaces what [#show] showed, in place.
  public static void update(String id, Object value) {
    front.update(id, Objects.requireNonNull(value, "There is no value to show: it is null."));
  }
}
