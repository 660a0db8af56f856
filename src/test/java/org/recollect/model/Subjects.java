package org.recollect.model;

import org.recollect.tensor.RandomStream;

/// Small random models for tests.
final class Subjects {

  private Subjects() {}

  /// A model of a random small shape whose weights are ten times as large as untrained ones, so
  /// that attention is far from uniform.
  static LanguageModel any(long seed) {
    var random = RandomStream.of(seed, "any model");
    int kvHeads = 1 + random.nextInt(3);
    var config =
        new ModelConfig(
            5 + random.nextInt(40),
            2 * (3 + random.nextInt(12)),
            3 + random.nextInt(30),
            1 + random.nextInt(3),
            kvHeads * (1 + random.nextInt(3)),
            kvHeads,
            2 * (1 + random.nextInt(6)),
            random.pick(java.util.List.of(100.0, 10_000.0)),
            1e-5,
            256,
            random.nextBoolean());
    return sharp(config, seed);
  }

  static LanguageModel sharp(ModelConfig config, long seed) {
    var model = Models.random(config, seed);
    for (var weight : model.weights().asMap().values()) {
      if (weight.getShape().dimension() == 2) {
        weight.muli(10);
      }
    }
    return model;
  }

  static int[] tokens(LanguageModel model, int count, RandomStream random) {
    return random.ints(count, 0, model.config().vocabSize()).toArray();
  }
}
