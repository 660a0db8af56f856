package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RetainedMassTest {

  /// The least retained mass as the study measures it, against a sum over heads and tokens.
  @Test
  void retainedMassIsCountedHeadByHead() {
    for (long seed = 0; seed < 10; seed++) {
      var random = new Random(seed);
      var config = Texts.randomConfig(random);
      var prompt = Texts.prompt(config, 40 + random.nextInt(40), random);
      int n = prompt.length();
      try (var full = Kv.full().policy().cache(prompt, Budget.fraction(1));
          var cache = Kv.keep(new SnapKv(8, 3)).cache(prompt, Budget.fraction(0.4))) {
        assertEquals(1, RetainedMass.least(full, prompt), 1e-6);
        double least = 1;
        for (int layer = 0; layer < config.layers(); layer++) {
          double kept = 0;
          double all = 0;
          for (int head = 0; head < config.heads(); head++) {
            var held =
                Arrays.stream(cache.lanes(layer).get(head / config.groupSize()).store().positions())
                    .boxed()
                    .toList();
            for (int t = 0; t < n; t++) {
              double mass = prompt.layer(layer).columnSums()[head * n + t];
              all += mass;
              kept += held.contains(t) ? mass : 0;
            }
          }
          least = Math.min(least, kept / all);
        }
        assertEquals(least, RetainedMass.least(cache, prompt), 1e-6, "seed " + seed);
      }
    }
  }
}
