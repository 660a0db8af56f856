package org.recollect.unlearning.guard;

import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.Forgetting;
import org.recollect.unlearning.Request;
import org.recollect.unlearning.Respondent;

/// Forgetting by a guard: the one step that there is puts it before weights that stay as they are.
final class GuardSwitch implements Forgetting {
  private final Request request;
  private final Supplier<UnaryOperator<Respondent>> prepared;
  private UnaryOperator<Respondent> guard = UnaryOperator.identity();
  private boolean on;

  /// @param prepared makes the guard
  GuardSwitch(Request request, Supplier<UnaryOperator<Respondent>> prepared) {
    this.request = request;
    this.prepared = prepared;
  }

  @Override
  public boolean advance() {
    if (on) {
      return false;
    }
    guard = prepared.get();
    on = true;
    return true;
  }

  @Override
  public LanguageModel model() {
    return request.model();
  }

  @Override
  public Respondent guarding(LanguageModel weights) {
    return guard.apply(Respondent.of(weights));
  }

  @Override
  public void close() {}
}
