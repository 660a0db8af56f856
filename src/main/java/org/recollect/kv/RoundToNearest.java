package org.recollect.kv;

import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;

/// Round to nearest: keys and values of every token on a uniform grid with scale and offset, one
/// for each group of channels of a head. Nothing else: the floor that a cleverer codec must beat.
///
/// Keys are stored after RoPE, as the baseline of RotateKV's released code does; [#beforeRope]
/// stores them before. Effective bits are `bits + 32/group`: 3 for two bits in groups of 32.
///
/// @param bits of a code, 1 to 8
/// @param group channels that share a grid; the largest divisor of a head that is not larger is
///   used
/// @param turned whether keys are stored after RoPE
/// @param clips how much of a group's range the grid spans; [#fit] chooses
public record RoundToNearest(int bits, int group, boolean turned, Clips clips) implements Codec {

  public RoundToNearest {
    Grid.perToken(bits, group);
  }

  /// Groups of 32 channels, after RoPE.
  public static RoundToNearest bits(int bits) {
    return new RoundToNearest(bits, 32, true, Clips.NONE);
  }

  /// The same with keys before RoPE.
  public RoundToNearest beforeRope() {
    return new RoundToNearest(bits, group, false, clips);
  }

  /// The same with other groups.
  public RoundToNearest groups(int channels) {
    return new RoundToNearest(bits, channels, turned, clips);
  }

  @Override
  public String name() {
    return "rtn-" + bits + (turned ? "" : " before RoPE");
  }

  @Override
  public String series() {
    return "rtn" + (turned ? "" : " before RoPE");
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    var grid = Grid.perToken(bits, Groups.dividing(config.headDim(), group));
    return new LayerFormat(
        turned,
        1,
        Basis.identity(),
        grid.clipped(clips.keys()),
        Basis.identity(),
        grid.clipped(clips.values()),
        0,
        Floats.F16);
  }

  @Override
  public RoundToNearest fit(Calibration calibration) {
    return new RoundToNearest(bits, group, turned, Clips.fit(this, calibration));
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits, "group", group, "turned", turned);
  }
}
