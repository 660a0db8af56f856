package org.recollect.kv;

import java.util.Arrays;
import org.recollect.model.Prompt;

/// How long a policy takes to score a prompt, by how long the same scorer takes if every layer
/// scores for itself. The two take turns; the medians are compared.
final class ScoringTime {

  private static final int WARM_UP = 3;

  private ScoringTime() {}

  static double ratio(Scorer scorer, Prompt prompt, int turns) {
    var fixed = scorer.on(prompt);
    double[] own = new double[turns];
    double[] every = new double[turns];
    for (int turn = -WARM_UP; turn < turns; turn++) {
      long start = System.nanoTime();
      for (int layer = 0; layer < prompt.config().layers(); layer++) {
        fixed.importance(prompt, layer);
      }
      long middle = System.nanoTime();
      Policy.importance(fixed, prompt);
      long end = System.nanoTime();
      if (turn >= 0) {
        every[turn] = middle - start;
        own[turn] = end - middle;
      }
    }
    Arrays.sort(own);
    Arrays.sort(every);
    return own[turns / 2] / every[turns / 2];
  }
}
