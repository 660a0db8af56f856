package org.recollect.kv;

import org.recollect.model.Prompt;

/// How far the keys that a cache holds are from those of its prompt: `sum |k - k'|^2 / sum |k|^2`
/// over the tokens held, averaged over the layers. The same in every basis and before or after
/// RoPE, for both keep lengths. Mutable: two sums.
final class KeyError {

  private double error;
  private double power;

  private KeyError() {}

  /// @param cache freshly filled, so that it holds tokens of the prompt only
  static double of(KvCache cache, Prompt prompt) {
    var config = prompt.config();
    double sum = 0;
    for (int layer = 0; layer < config.layers(); layer++) {
      var layerError = new KeyError();
      int heads = config.kvHeads() / cache.lanes(layer).size();
      int head = 0;
      for (Lane lane : cache.lanes(layer)) {
        var rows = Rows.of(prompt, layer, lane.format(), head, heads);
        lane.store().blocks().forEach(block -> layerError.add(block, rows));
        head += heads;
      }
      sum += layerError.power == 0 ? 0 : layerError.error / layerError.power;
    }
    return sum / config.layers();
  }

  private void add(Block block, Rows rows) {
    float[] key = new float[rows.channels()];
    for (int slot = 0; slot < block.tokens(); slot++) {
      block.keys().read(slot, key, 0);
      int row = block.position(slot) * key.length;
      for (int c = 0; c < key.length; c++) {
        double exact = rows.keys()[row + c];
        error += (exact - key[c]) * (exact - key[c]);
        power += exact * exact;
      }
    }
  }
}
