package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class AttentionStatisticsTest {

  /// Lengths around the size of a block of queries, and windows longer than the text.
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 5, 9", "3, 127, 16", "4, 128, 1", "5, 129, 3", "6, 300, 140"})
  void agreesWithTheFullAttentionMatrix(long seed, int length, int window) {
    try (var model = Subjects.any(seed)) {
      var config = model.config();
      int[] tokens = Subjects.tokens(model, length, RandomStream.of(seed, "statistics"));
      var plain = new PlainLlama(model);
      plain.logits(tokens);
      var prompt = model.prefill(tokens, window);
      int rows = Math.min(window, length);
      assertEquals(rows, prompt.window());
      for (int layer = 0; layer < config.layers(); layer++) {
        var seen = prompt.layer(layer);
        float[] sums = new float[config.heads() * length];
        float[] last = new float[config.heads() * rows * length];
        for (int head = 0; head < config.heads(); head++) {
          double[][] weights = plain.attention[layer][head];
          double best = Arrays.stream(weights[length - 1]).max().orElseThrow();
          assertEquals(best, weights[length - 1][seen.argmax()[head]], 1e-5, "seed " + seed);
          for (int token = 0; token < length; token++) {
            for (int query = 0; query < length; query++) {
              sums[head * length + token] += (float) weights[query][token];
            }
            for (int row = 0; row < rows; row++) {
              last[(head * rows + row) * length + token] =
                  (float) weights[length - rows + row][token];
            }
          }
        }
        assertArrayEquals(sums, seen.columnSums(), 1e-3f, "seed " + seed);
        assertArrayEquals(last, seen.windowAttention(), 1e-5f, "seed " + seed);
      }
    }
  }

  @Test
  void massiveEntriesAreTheLargestOfTheLayersInput() {
    var config = new ModelConfig(50, 12, 8, 2, 2, 1, 4, 10_000, 1e-5, 64, true);
    try (var model = Subjects.sharp(config, 4)) {
      int[] tokens = Subjects.tokens(model, 20, RandomStream.of(4, "massive"));
      float[] embeddings = Memory.toFloats(model.weights().get("model.embed_tokens.weight"));
      var massive = model.prefill(tokens, 1).layer(0).massive();
      float[] sizes = new float[tokens.length * 12];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = Math.abs(embeddings[tokens[i / 12] * 12 + i % 12]);
      }
      Arrays.sort(sizes);
      for (int i = 0; i < massive.size(); i++) {
        var entry = massive.get(i);
        assertEquals(sizes[sizes.length - 1 - i], Math.abs(entry.value()));
        assertEquals(embeddings[tokens[entry.token()] * 12 + entry.channel()], entry.value());
      }
      assertTrue(massive.size() >= 20);
    }
  }

  @Test
  void statisticsAreThoseOfOneText() {
    var config = new ModelConfig(50, 12, 8, 2, 2, 1, 4, 10_000, 1e-5, 64, true);
    try (var model = Models.random(config, 4);
        var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var two = Memory.ofLongs(manager, new long[] {1, 2, 3, 4}, 2, 2);
      assertThrows(
          IllegalArgumentException.class, () -> model.forward(two, new AttentionStatistics(1)));
    }
  }
}
