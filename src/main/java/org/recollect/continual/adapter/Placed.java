package org.recollect.continual.adapter;

import org.recollect.continual.Recipe;
import org.recollect.continual.Strategy;

/// A strategy that trains LoRA over a frozen model, at a rate that suits it.
interface Placed extends Strategy {

  /// Where the LoRA lies, and how large it is.
  Placing placing();

  @Override
  default Recipe recipe(Recipe usual) {
    return placing().recipe(usual);
  }
}
