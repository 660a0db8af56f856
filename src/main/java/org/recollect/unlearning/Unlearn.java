package org.recollect.unlearning;

import org.recollect.unlearning.guard.GuardedGeneration;
import org.recollect.unlearning.guard.PromptRefusal;
import org.recollect.unlearning.guard.StringFilter;

/// The front door to ways of unlearning, for a cell: each returns an arm of an [UnlearningStudy].
public final class Unlearn {

  private Unlearn() {}

  /// Up the loss of the forget set, with nothing to keep the rest: [GradientAscent].
  public static Descent ascent() {
    return Descent.of("GA", new GradientAscent());
  }

  /// Gradient difference (Liu et al., "Continual Learning and Private Unlearning", 2022,
  /// arXiv:2203.12817): up the loss of the forget set, down that of the retain set.
  public static Descent gradDiff() {
    return Descent.of("GradDiff", new GradientAscent()).keeping(1, new Likelihood());
  }

  /// Up the loss of the forget set, and near the model before on the retain set: [Anchor].
  public static Descent kl() {
    return Descent.of("KL", new GradientAscent()).keeping(1, new Anchor());
  }

  /// Training on the retain set alone, in the hope that the rest fades.
  public static Descent fineTuning() {
    return Descent.onRetained("fine-tuning", new Likelihood());
  }

  /// A guard that keeps the forgotten answers from being said: [GuardedGeneration].
  public static GuardedGeneration guard() {
    return GuardedGeneration.usual();
  }

  /// Refusals of what the guard's router finds: [PromptRefusal].
  public static PromptRefusal promptRefusal() {
    return PromptRefusal.usual();
  }

  /// Refusals in place of answers that say a forbidden word: [StringFilter].
  public static StringFilter stringFilter() {
    return StringFilter.usual();
  }
}
