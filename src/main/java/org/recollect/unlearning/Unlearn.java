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

  /// Down from what is not preferred, and down the loss of the retain set: [Npo].
  public static Descent npo() {
    return Descent.of("NPO", new Npo()).keeping(1, new Likelihood());
  }

  /// The same without a reference, at an eighth of the weight: [SimNpo].
  public static Descent simNpo() {
    return Descent.of("SimNPO", new SimNpo()).weighing(0.125).keeping(1, new Likelihood());
  }

  /// Refusals preferred to answers, and down the loss of the retain set: [IdkPreference].
  public static Descent idkDpo() {
    return Descent.of("IdkDPO", new IdkPreference()).keeping(1, new Likelihood());
  }

  /// Down the loss of refusals, and down that of the retain set: [Refusing], the PO of TOFU.
  public static Descent refusing() {
    return Descent.of("PO", new Refusing()).keeping(1, new Likelihood());
  }

  /// Hidden states steered to a random place, and held where they were on the retain set: [Rmu].
  public static Descent rmu() {
    return rmu(new Rmu());
  }

  /// The same in another layer or with another strength.
  public static Descent rmu(Rmu rmu) {
    return Descent.of("RMU", rmu).keeping(1, rmu.keeping());
  }

  /// Distilled from the model before with the true tokens lowered, and nothing to keep the rest:
  /// [Undial]. It has ten times the rate of the others, as in open-unlearning.
  public static Descent undial() {
    return Descent.of("UNDIAL", new Undial()).rate(10 * Descent.RATE);
  }

  /// Up the loss of tokens that are likely but not certain, at a tenth of the weight, and down that
  /// of the retain set: [SatImp].
  public static Descent satImp() {
    return Descent.of("SatImp", new SatImp()).weighing(0.1).keeping(1, new Likelihood());
  }

  /// Up the loss of tokens as far as they are likely, and down that of the retain set: [Wga].
  public static Descent wga() {
    return Descent.of("WGA", new Wga()).keeping(1, new Likelihood());
  }

  /// Towards what the model would say without the true tokens, and nothing to keep the rest: [CeU].
  public static Descent ceU() {
    return Descent.of("CE-U", new CeU());
  }

  /// Away from where more training on the forget set leads: [TaskVector].
  public static TaskVector taskVector() {
    return new TaskVector();
  }

  /// A guard that lowers what more training on the forget set raises: [WhoIsHarryPotter].
  public static WhoIsHarryPotter whoIsHarryPotter() {
    return new WhoIsHarryPotter();
  }

  /// The model's own predictions without what only the forget set makes likely, at half the
  /// positions and with no retain set: [Shred].
  public static Descent shred() {
    return Descent.of("SHRED", Shred.demoting(0.5));
  }

  /// A descent that spares the items on which the rest depends most, by their gradients:
  /// [GuardAttribution].
  ///
  /// @throws IllegalArgumentException if the descent has no term for what is to be forgotten
  public static Descent guarded(Descent base) {
    return guarded(base, 1, GuardAttribution.Order.ATTRIBUTION);
  }

  /// The same with another tau, or with the weights in another order.
  public static Descent guarded(Descent base, double tau, GuardAttribution.Order order) {
    var term =
        base.forget()
            .orElseThrow(() ->
                new IllegalArgumentException(
                    "%s has no term for what is to be forgotten that GUARD could weigh: guard gradient ascent or another."
                        .formatted(base.name())));
    return base.forgetting(new GuardAttribution(term, tau, order)).named("GUARD " + base.name());
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
