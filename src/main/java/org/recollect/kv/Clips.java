package org.recollect.kv;

import java.lang.foreign.Arena;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// The clip ratios of a codec's grids. A narrower grid rounds the bulk finer and cuts the extremes;
/// which is better depends on bits and on the data, so that a comparison is fair only if every
/// codec chooses from the same ratios on the same text.
///
/// @param keys ratio of the keys' grids
/// @param values ratio of the values' grids
public record Clips(double keys, double values) {

  /// The whole range.
  public static final Clips NONE = new Clips(1, 1);

  /// The ratios tried; RotateKV's own .8 for two bits and 1 for more are among them.
  private static final double[] RATIOS = {1, 0.9, 0.8, 0.7};

  /// The ratios with the least squared error on calibration text, relative to each layer's power.
  static Clips fit(Codec codec, Calibration calibration) {
    var config = calibration.config();
    double[] keyErrors = new double[RATIOS.length];
    double[] valueErrors = new double[RATIOS.length];
    for (int layer = 0; layer < config.layers(); layer++) {
      var format = codec.layer(layer, config);
      for (Prompt prompt : calibration.prompts()) {
        var rows = Rows.of(prompt, layer, format);
        for (int i = 0; i < RATIOS.length; i++) {
          keyErrors[i] +=
              error(format.keys(), RATIOS[i], rows.keys(), format.headsTogether(), config);
          valueErrors[i] += error(format.values(), RATIOS[i], rows.values(), 1, config);
        }
      }
    }
    return new Clips(best(keyErrors), best(valueErrors));
  }

  /// @param heads that are coded as one vector
  private static double error(
      PageFormat format, double ratio, float[] rows, int heads, ModelConfig config) {
    if (!(format instanceof Grid grid)) {
      return 0;
    }
    int channels = config.kvHeads() * config.headDim();
    int panels = config.kvHeads() / heads;
    int tokens = rows.length / channels / grid.groupTokens() * grid.groupTokens();
    if (tokens == 0) {
      return 0;
    }
    double error = 0;
    double power = 0;
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.keys(arena, grid.clipped(ratio), panels, channels, tokens);
      page.write(0, rows, 0, tokens);
      float[] row = new float[channels];
      for (int token = 0; token < tokens; token++) {
        page.read(token, row, 0);
        for (int c = 0; c < channels; c++) {
          double x = rows[token * channels + c];
          error += (x - row[c]) * (x - row[c]);
          power += x * x;
        }
      }
    }
    return power == 0 ? 0 : error / power;
  }

  private static double best(double[] errors) {
    int best = 0;
    for (int i = 1; i < errors.length; i++) {
      if (errors[i] < errors[best]) {
        best = i;
      }
    }
    return RATIOS[best];
  }
}
