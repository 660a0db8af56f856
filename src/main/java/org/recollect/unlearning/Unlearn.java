package org.recollect.unlearning;

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
}
