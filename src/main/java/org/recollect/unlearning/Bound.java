package org.recollect.unlearning;

import java.util.Map;

/// What every study of unlearning shows beside its arms: the model that knows everything, and the
/// oracle that was never told what is to be forgotten.
///
/// @param name as tables show it
/// @param oracle whether it is the oracle
public record Bound(String name, boolean oracle) implements Unlearner {
  /// Nothing is forgotten.
  public static final Bound FULL = new Bound("full model", false);

  /// A model that was trained from the same seed without the forget set: what unlearning is to
  /// reach.
  public static final Bound RETRAINED = new Bound("retrain oracle", true);

  @Override
  public Map<String, ?> configuration() {
    return Map.of("oracle", oracle);
  }

  /// Whatever is varied in how arms forget.
  @Override
  public boolean ignores(String setting) {
    return UnlearningStudy.OF_FORGETTING.contains(setting);
  }

  @Override
  public Forgetting begin(Request request) {
    return Forgetting.none(oracle ? request.retrained().get() : request.model());
  }
}
