package org.recollect;

import org.recollect.lab.Scale;
import org.recollect.notebook.Machine;
import org.recollect.notebook.render.Display;
import org.recollect.notebook.render.Latex;
import org.recollect.notebook.render.Markdown;

/// The front door: what every notebook has imported, for use without a qualifier.
///
/// ```java
/// display(table, chart);                       // shows both, in order
/// markdown("**budget** " + budget);            // as the last line of a cell: formatted text
/// latex("\\mathrm{softmax}(QK^\\top/\\sqrt d)"); // a formula
/// scale()                                      // smoke, laptop or full
/// ```
public final class Recollect {
  private Recollect() {}

  /// Shows values below the running cell, in order, as if each were the value of the cell.
  public static void display(Object... values) {
    for (Object value : values) {
      Display.show(value);
    }
  }

  /// Text to be shown formatted.
  ///
  /// @param text in Markdown
  public static Markdown markdown(String text) {
    return new Markdown(text);
  }

  /// A formula to be shown typeset.
  ///
  /// @param formula in LaTeX's math mode, without dollar signs
  public static Latex latex(String formula) {
    return new Latex(formula);
  }

  /// How large the studies of this process run.
  ///
  /// @throws IllegalArgumentException where `RECOLLECT_SCALE` names no scale
  public static Scale scale() {
    return Scale.current();
  }

  /// What the notebook runs on: figures without it cannot be compared.
  public static Machine describe() {
    return Machine.current();
  }
}
