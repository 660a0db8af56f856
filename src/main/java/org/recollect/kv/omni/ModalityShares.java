package org.recollect.kv.omni;

/// Which share of the tokens of each modality is kept, as an average over layers.
///
/// @param video share of the patches, above 0 to 1
/// @param audio share of the tones, above 0 to 1
public record ModalityShares(double video, double audio) {

  /// The paper's overall shares, and the share of audio that goes with each; its patches have .06,
  /// .10, .20 and .30.
  private static final double[] OVERALL = {0, .10, .15, .25, .35, 1};

  private static final double[] AUDIO = {0, .35, .45, .55, .65, 1};

  /// A share of both together, parted as in the paper: sound, of which there is less, keeps more.
  /// In between, the share of audio is interpolated, and that of video makes up the rest of the
  /// total (inferred); where that would leave no video, both keep the same share (inferred).
  ///
  /// @param overall above 0 to 1
  public static ModalityShares of(double overall, Layout layout) {
    if (!(overall > 0 && overall <= 1)) {
      throw new IllegalArgumentException(
          "The share of tokens kept lies above 0 and up to 1, not %s.".formatted(overall));
    }
    int patches = layout.count(Modality.VIDEO);
    int tones = layout.count(Modality.AUDIO);
    int after = 1;
    while (OVERALL[after] < overall) {
      after++;
    }
    double between = (overall - OVERALL[after - 1]) / (OVERALL[after] - OVERALL[after - 1]);
    double audio = AUDIO[after - 1] + between * (AUDIO[after] - AUDIO[after - 1]);
    double video = (overall * (patches + tones) - audio * tones) / Math.max(1, patches);
    return video > 0
        ? new ModalityShares(Math.min(1, video), audio)
        : new ModalityShares(overall, overall);
  }

  public double of(Modality modality) {
    return switch (modality) {
      case TEXT -> 1;
      case VIDEO -> video;
      case AUDIO -> audio;
    };
  }
}
