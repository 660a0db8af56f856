package org.recollect.lab;

import java.util.Locale;

/// How large a study runs. A study asks the scale for its sizes, and a verdict names the scale it
/// was reached at.
///
/// The scale comes from the system property `recollect.scale`, else from the environment variable
/// `RECOLLECT_SCALE`, else it is [#LAPTOP].
public enum Scale {
  /// Every notebook in about ten seconds: shows that the code runs, proves nothing.
  SMOKE,
  /// Minutes on two cores: what the rendered tutorials show.
  LAPTOP,
  /// The paper's own scale, for a real checkpoint or an accelerator.
  FULL;

  /// The scale of this process.
  ///
  /// @throws IllegalArgumentException when the property or variable names no scale
  public static Scale current() {
    String property = System.getProperty("recollect.scale");
    if (property != null) {
      return parse(property, "the system property recollect.scale");
    }
    String variable = System.getenv("RECOLLECT_SCALE");
    return variable == null || variable.isBlank()
        ? LAPTOP
        : parse(variable, "the environment variable RECOLLECT_SCALE");
  }

  /// The value that belongs to this scale.
  public <T> T pick(T smoke, T laptop, T full) {
    return switch (this) {
      case SMOKE -> smoke;
      case LAPTOP -> laptop;
      case FULL -> full;
    };
  }

  /// `smoke`, `laptop` or `full`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Scale parse(String text, String source) {
    for (Scale scale : values()) {
      if (scale.toString().equals(text.strip().toLowerCase(Locale.ROOT))) {
        return scale;
      }
    }
    throw new IllegalArgumentException(
        "Unknown scale '%s' in %s: set it to smoke, laptop or full.".formatted(text, source));
  }
}
