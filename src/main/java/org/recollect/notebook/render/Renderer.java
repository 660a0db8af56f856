package org.recollect.notebook.render;

import java.util.function.Function;

/// Shows values of one type, its subtypes included.
///
/// @param type what it shows
/// @param show turns a value, never null, into what a notebook shows of it
public record Renderer<T>(Class<T> type, Function<? super T, MimeBundle> show) {

  /// The value in every form that this renderer knows.
  ///
  /// @throws ClassCastException where the value is not of the type
  public MimeBundle render(Object value) {
    return show.apply(type.cast(value));
  }
}
