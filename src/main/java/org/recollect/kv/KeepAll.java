package org.recollect.kv;

import org.recollect.model.Prompt;

/// Every token is kept, whatever the budget.
public record KeepAll() implements Scorer {

  @Override
  public String name() {
    return "keep all";
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    return new float[prompt.config().kvHeads()][prompt.length()];
  }

  @Override
  public boolean sharedByHeads() {
    return true;
  }
}
