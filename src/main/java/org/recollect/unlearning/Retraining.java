package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.data.ForgetSplit;
import org.recollect.model.LanguageModel;

/// Training anew on what is left, from another seed than the study's. What the oracle is as a
/// bound, this is as an arm: it forgets exactly, at the full price. Its distance from the oracle is
/// that of two models that know the same, so that a measure by which another arm comes nearer is a
/// measure of something else.
///
/// @param learner that is taught again
/// @param world that was taught
public record Retraining(Learner learner, ForgetSplit world) implements Unlearner {

  /// How far the seed is from that of the study's own models.
  private static final long OTHER = 1000;

  @Override
  public String name() {
    return "retrained, other seed";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("learner", learner.configuration(), "world", world.digest());
  }

  @Override
  public Forgetting begin(Request request) {
    return new Anew(this, request);
  }

  private static final class Anew implements Forgetting {
    private final Retraining method;
    private final Request request;
    private LanguageModel retrained;

    Anew(Retraining method, Request request) {
      this.method = method;
      this.request = request;
    }

    @Override
    public boolean advance() {
      if (retrained != null) {
        return false;
      }
      var left = new ArrayList<>(method.world.learned());
      left.removeAll(List.copyOf(request.forgotten()));
      left.removeAll(List.copyOf(request.forget()));
      retrained = method.learner.taught(method.world, left, request.seed() + OTHER);
      request.meter().flop(method.learner.lessons().flop(retrained, left));
      return true;
    }

    @Override
    public LanguageModel model() {
      return retrained == null ? request.model() : retrained;
    }

    @Override
    public void close() {
      if (retrained != null) {
        retrained.close();
      }
    }
  }
}
