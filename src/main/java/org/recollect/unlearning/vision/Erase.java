package org.recollect.unlearning.vision;

/// The front door to ways of forgetting pictures, for a cell: each returns an arm of an
/// [ErasureStudy].
public final class Erase {

  private Erase() {}

  /// Going on with what is kept, in the hope that the rest fades.
  public static PictureDescent fineTuning() {
    return PictureDescent.of("fine-tuning").keeping(1, PictureTerm.LIKELIHOOD);
  }

  /// Up the cross-entropy of the forget set, with nothing to keep the rest.
  public static PictureDescent ascent() {
    return PictureDescent.of("ascent").forgetting(1, PictureTerm.ASCENT);
  }

  /// NegGrad+ (Kurmanji et al., "Towards Unbounded Machine Unlearning", 2023, arXiv:2302.09880,
  /// baselines): `keep L_retain - (1 - keep) L_forget`.
  ///
  /// @param keep share of the retain loss, above 0 and below 1
  public static PictureDescent negGradPlus(double keep) {
    return PictureDescent.of("NegGrad+")
        .forgetting(1 - keep, PictureTerm.ASCENT)
        .keeping(keep, PictureTerm.LIKELIHOOD);
  }

  /// Wrong labels for the forget set, the right ones for the rest: [RandomRelabelling].
  public static PictureDescent relabelling() {
    return PictureDescent.of("relabelling")
        .forgetting(1, new RandomRelabelling())
        .keeping(1, PictureTerm.LIKELIHOOD);
  }

  /// Like an untrained model on the forget set, like the model before on the rest: [Teacher].
  public static PictureDescent badTeacher() {
    return PictureDescent.of("bad teacher")
        .forgetting(1, new Teacher(false))
        .keeping(1, new Teacher(true));
  }

  /// Noise on the weights that the rest does not need.
  ///
  /// @param sigma strength of the noise, above 0
  public static FisherForgetting fisherForgetting(double sigma) {
    return new FisherForgetting("Fisher forgetting", sigma, 1);
  }

  /// Shrinks, once, what matters more for the forget set than for all, as far as the paper does.
  ///
  /// @param alpha how many times as important a shrunk weight is; below `|D| / |D_f|`
  public static SelectiveDampening dampening(double alpha) {
    return new SelectiveDampening(alpha, 1);
  }

  /// One learning step on the opposite of what is to be forgotten, as the paper's repository takes
  /// it.
  public static InfluenceApproximation influenceApproximation() {
    return new InfluenceApproximation();
  }

  /// The step that the influence function foretells.
  public static InfluenceFunction influenceFunction() {
    return new InfluenceFunction();
  }
}
