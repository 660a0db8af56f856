package org.recollect.kv;

import java.util.Locale;
import java.util.Map;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.model.ModelConfig;

/// Keys after RoPE and values as floating-point numbers: the cache as it is, `2 * layers * kvHeads
/// * headDim` numbers a token.
///
/// @param floats their precision
public record Dense(Floats floats) implements Codec {

  @Override
  public String name() {
    return "full " + floats.precision().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    return LayerFormat.plain(floats, floats);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("precision", floats.precision());
  }
}
