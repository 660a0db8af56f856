package org.recollect.notebook.render;

/// A formula that a notebook typesets.
///
/// @param formula in LaTeX's math mode, without dollar signs
public record Latex(String formula) {

  MimeBundle render() {
    return MimeBundle.text(formula).latex("$$" + formula + "$$");
  }

  @Override
  public String toString() {
    return formula;
  }
}
