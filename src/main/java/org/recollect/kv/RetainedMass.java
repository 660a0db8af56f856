package org.recollect.kv;

import org.recollect.model.Prompt;

/// How much of the attention of the prompt went to tokens that a cache keeps, in the layer where
/// this is least: 1 if every layer keeps all that was ever looked at.
final class RetainedMass {

  private RetainedMass() {}

  /// @param cache freshly filled, so that it holds tokens of the prompt only
  static double least(KvCache cache, Prompt prompt) {
    double least = 1;
    for (int layer = 0; layer < prompt.config().layers(); layer++) {
      least = Math.min(least, of(cache, prompt, layer));
    }
    return least;
  }

  private static double of(KvCache cache, Prompt prompt, int layer) {
    float[] received = prompt.layer(layer).columnSums();
    var lanes = cache.lanes(layer);
    int heads = prompt.config().heads() / lanes.size();
    double kept = 0;
    for (int lane = 0; lane < lanes.size(); lane++) {
      int[] positions = lanes.get(lane).store().positions();
      for (int head = lane * heads; head < (lane + 1) * heads; head++) {
        for (int position : positions) {
          kept += received[head * prompt.length() + position];
        }
      }
    }
    double all = 0;
    for (float mass : received) {
      all += mass;
    }
    return all == 0 ? 0 : kept / all;
  }
}
