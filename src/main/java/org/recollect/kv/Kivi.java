package org.recollect.kv;

import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;

/// KIVI (Liu et al., "KIVI: A Tuning-Free Asymmetric 2bit Quantization for KV Cache", 2024).
///
/// Keys have outlier channels, which are the same for all tokens; values have none. So keys are
/// coded by channel, over a group of tokens, and values by token, over a group of channels.
///
/// - Keys, after RoPE: `group` consecutive tokens of one channel share a grid; values: `group`
///   channels of one token do. `code = round((x - min) / scale)`, `scale = (max - min) / (2^bits -
///   1)`; scale and offset in half precision.
/// - The most recent tokens stay in half precision, because a group of keys can be coded only when
///   it is complete. Here keys and values wait together: at least `recent` tokens and at most
///   `recent + group - 1` stay uncoded, and the oldest `group` of them leave at once. (In the
///   released code keys leave `recent` at a time and values one by one.)
/// - Effective bits are `bits + 32/group`, 3 for two bits in groups of 32, and 16 for what waits.
///
/// The paper knows no clip ratio; [#fit] gives it the same choice as the other codecs, so that a
/// comparison is not about clipping.
///
/// @param bits of a code, 1 to 8
/// @param group tokens, or channels, that share a grid; 32 in the paper
/// @param recent tokens at least that stay in half precision; 32 here, for contexts of about a
///   thousand tokens (32 or 128 in released code)
/// @param clips how much of a group's range the grid spans
public record Kivi(int bits, int group, int recent, Clips clips) implements Codec {

  public Kivi {
    Grid.perToken(bits, group);
  }

  /// Groups of 32, the last 32 tokens uncoded.
  public static Kivi bits(int bits) {
    return new Kivi(bits, 32, 32, Clips.NONE);
  }

  /// The same with at least so many recent tokens uncoded.
  public Kivi recent(int tokens) {
    return new Kivi(bits, group, tokens, clips);
  }

  @Override
  public String name() {
    return series() + "-" + bits;
  }

  @Override
  public String series() {
    return "kivi";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    return new LayerFormat(
        true,
        1,
        Basis.identity(),
        Grid.perChannel(bits, group).clipped(clips.keys()),
        Basis.identity(),
        Grid.perToken(bits, Groups.dividing(config.headDim(), group)).clipped(clips.values()),
        recent,
        Floats.F16);
  }

  @Override
  public Kivi fit(Calibration calibration) {
    return new Kivi(bits, group, recent, Clips.fit(this, calibration));
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits, "group", group, "recent", recent);
  }
}
