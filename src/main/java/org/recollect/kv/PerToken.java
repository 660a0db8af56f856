package org.recollect.kv;

import java.util.Map;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.model.ModelConfig;

/// Symmetric integers with one half-precision scale for each token and head, keys after RoPE and
/// values alike; every token is coded once, when it arrives: `scale = max|x| / (2^(bits-1) - 1)`,
/// `code = round(x / scale)`.
///
/// `headDim * bits / 8 + 2` bytes a vector. Eight bits cost next to nothing and are what every
/// method must beat in bytes; four bits show what outlier channels do to a shared scale.
///
/// @param bits of a code, 2 to 8
public record PerToken(int bits) implements Codec {

  public PerToken {
    grid(bits, 1);
  }

  @Override
  public String name() {
    return "int" + bits;
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    return LayerFormat.plain(grid(bits, config.headDim()), grid(bits, config.headDim()));
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits);
  }

  private static Grid grid(int bits, int channels) {
    return Grid.perToken(bits, channels).centred();
  }
}
