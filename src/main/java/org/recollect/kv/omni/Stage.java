package org.recollect.kv.omni;

import java.util.function.Supplier;
import org.recollect.lab.Meter;
import org.recollect.lab.Settings;
import org.recollect.tensor.RandomStream;

/// What a [TokenSelection] knows at the moment when it may drop tokens.
///
/// @param executed layers that the tokens have passed, 0 before the first
/// @param layers of the model
/// @param whole what the tokens of the whole input are
/// @param present what those that are left are
/// @param vectors of those that are left, as they entered the first layer `[tokens][hidden]`
/// @param attention what those that are left received in their encoder, see
///   [OmniModel.Input#attention]
/// @param relevance how much the last token attended to each in the layer just passed, mean of the
///   heads `[tokens]`; sums to 1; not to be asked for before the first layer
/// @param settings of the trial
/// @param random decides all that is left to chance
/// @param meter counts what the selection itself computes
public record Stage(
    int executed,
    int layers,
    Layout whole,
    Layout present,
    Supplier<float[][]> vectors,
    float[] attention,
    Supplier<double[]> relevance,
    Settings settings,
    RandomStream random,
    Meter meter) {

  /// The setting that says which share of the tokens of pictures and sound is kept, average of the
  /// layers.
  public static final String RETENTION = "retention";

  /// The setting that says after how many layers tokens are removed.
  public static final String LAYER = "layer";

  /// The share to be kept, 1 where it is not swept.
  public double retention() {
    return settings.has(RETENTION) ? settings.number(RETENTION) : 1;
  }
}
