package org.recollect.kv;

import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.model.ModelConfig;

/// Keys as another codec stores them, and values in half precision: codecs compared by what they do
/// to keys alone. See [Codec#keysOnly].
///
/// @param codec of the keys
public record KeysOnly(Codec codec) implements Codec {

  @Override
  public String name() {
    return codec.name() + ", keys";
  }

  @Override
  public String series() {
    return codec.series() + ", keys";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    return withoutValues(codec.layer(layer, config));
  }

  @Override
  public LayerFormat head(int layer, int kvHead, ModelConfig config) {
    return withoutValues(codec.head(layer, kvHead, config));
  }

  @Override
  public boolean headsDiffer() {
    return codec.headsDiffer();
  }

  private static LayerFormat withoutValues(LayerFormat whole) {
    return new LayerFormat(
        whole.turned(),
        whole.headsTogether(),
        whole.keyBasis(),
        whole.keys(),
        whole.coarser(),
        Basis.identity(),
        Floats.F16,
        whole.recent(),
        whole.precise());
  }

  @Override
  public Codec fit(Calibration calibration) {
    return new KeysOnly(codec.fit(calibration));
  }

  @Override
  public int sinkEntries() {
    return codec.sinkEntries();
  }

  @Override
  public int firstTokens() {
    return codec.firstTokens();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("keys", codec.configuration());
  }
}
