package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class LanguageModelTest {

  private static final ModelConfig SMALL =
      new ModelConfig(31, 24, 40, 2, 4, 2, 6, 10_000, 1e-5, 128, true);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithPlainLoopsInDoubles(long seed) {
    var random = RandomStream.of(seed, "agreement");
    try (var model = Subjects.any(seed)) {
      int[] tokens = Subjects.tokens(model, 1 + random.nextInt(20), random);
      double[][] expected = new PlainLlama(model).logits(tokens);
      float[][] given = logits(model, tokens);
      for (int t = 0; t < tokens.length; t++) {
        for (int token = 0; token < expected[t].length; token++) {
          assertEquals(expected[t][token], given[t][token], 1e-4, model.config() + " " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void sameLogitsWithAndWithoutCache(long seed) {
    var random = RandomStream.of(seed, "cache");
    try (var model = Subjects.any(seed);
        var cache = new DenseCache(model.config())) {
      int[] tokens = Subjects.tokens(model, 150, random);
      float[][] expected = logits(model, tokens);
      for (int t = 0; t < tokens.length; t++) {
        assertEquals(t, cache.position());
        assertArrayEquals(expected[t], model.step(tokens[t], cache), 1e-4f, "seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void goesOnFromAPromptAsFromItsTokens(long seed) {
    var random = RandomStream.of(seed, "prompt");
    try (var model = Subjects.any(seed)) {
      int[] tokens = Subjects.tokens(model, 2 + random.nextInt(140), random);
      int half = 1 + random.nextInt(tokens.length - 1);
      float[][] expected = logits(model, tokens);
      var prompt = model.prefill(Arrays.copyOf(tokens, half), 4);
      assertArrayEquals(expected[half - 1], prompt.logits(), 1e-4f, "seed " + seed);
      try (var cache = DenseCache.of(prompt)) {
        for (int t = half; t < tokens.length; t++) {
          assertArrayEquals(expected[t], model.step(tokens[t], cache), 1e-4f, "seed " + seed);
        }
        var config = model.config();
        long values = 2L * tokens.length * config.layers() * config.kvHeads() * config.headDim();
        assertEquals(values * Float.BYTES, cache.bytes());
      }
    }
  }

  @Test
  void batchesAreIndependentTexts() {
    try (var model = Subjects.sharp(SMALL, 7);
        var _ = Torch.newScope();
        var manager = Torch.manager()) {
      int[] first = {1, 2, 3, 4};
      int[] second = {4, 30, 0, 9};
      var ids = Memory.ofLongs(manager, new long[] {1, 2, 3, 4, 4, 30, 0, 9}, 2, 4);
      var both = model.forward(ids);
      assertArrayEquals(flat(logits(model, first)), Memory.toFloats(both.get(0)), 1e-5f);
      assertArrayEquals(flat(logits(model, second)), Memory.toFloats(both.get(1)), 1e-5f);
    }
  }

  @Test
  void adapterChangesOneMapAndLeavesTheBaseAsItWas() {
    try (var model = Subjects.sharp(SMALL, 3)) {
      int[] tokens = {3, 1, 4, 1, 5};
      float[] before = flat(logits(model, tokens));
      String name = "model.layers.1.mlp.down_proj";
      try (var silent = model.adapt(name, (input, output) -> output.zerosLike());
          var twice =
              model
                  .adapt(name, (input, output) -> output.zerosLike())
                  .adapt(name, (input, output) -> output.add(1))) {
        assertFalse(Arrays.equals(before, flat(logits(silent, tokens))));
        assertFalse(Arrays.equals(flat(logits(twice, tokens)), flat(logits(silent, tokens))));
        float[] stepped = null;
        try (var cache = new DenseCache(SMALL)) {
          for (int token : tokens) {
            stepped = twice.step(token, cache);
          }
        }
        assertArrayEquals(logits(twice, tokens)[4], stepped, 1e-4f);
      }
      assertArrayEquals(before, flat(logits(model, tokens)), 0f);
    }
  }

  @Test
  void everyLinearMapCanBeAdapted() {
    try (var model = Subjects.sharp(SMALL, 3)) {
      int[] tokens = {3, 1, 4, 1, 5};
      float[] before = flat(logits(model, tokens));
      assertEquals(SMALL.layers() * 7 + 1, model.linearMaps().size());
      for (String name : model.linearMaps()) {
        var adapted = model.adapt(name, (input, output) -> Ops.scale(output, 1.5));
        assertFalse(Arrays.equals(before, flat(logits(adapted, tokens))), name);
      }
      var problem =
          assertThrows(
              IllegalArgumentException.class, () -> model.adapt("lm_had", (in, out) -> out));
      assertTrue(problem.getMessage().contains("lm_head"), problem.getMessage());
    }
  }

  @Test
  void aReplacedMapIsComputedInItsOwnWay() {
    try (var model = Subjects.sharp(SMALL, 3)) {
      int[] tokens = {3, 1, 4, 1, 5};
      float[] before = flat(logits(model, tokens));
      for (String name : model.linearMaps()) {
        LinearMap same = input -> Ops.linear(input, model.weight(name));
        LinearMap half = input -> Ops.scale(Ops.linear(input, model.weight(name)), 0.5);
        var replaced = model.replace(Map.of(name, half)).replace(Map.of(name, same));
        assertArrayEquals(before, flat(logits(replaced, tokens)), 0f, name);
        var halved = model.adapt(name, (input, output) -> Ops.scale(output, 0.5));
        var replacedByHalf = model.replace(Map.of(name, half));
        assertArrayEquals(
            flat(logits(halved, tokens)), flat(logits(replacedByHalf, tokens)), 0f, name);
        var doubled = replacedByHalf.adapt(name, (input, output) -> Ops.scale(output, 2));
        assertArrayEquals(before, flat(logits(doubled, tokens)), 1e-5f, name);
      }
      var problem =
          assertThrows(
              IllegalArgumentException.class, () -> model.replace(Map.of("lm_had", in -> in)));
      assertTrue(problem.getMessage().contains("lm_head"), problem.getMessage());
    }
  }

  @Test
  void tapsSeeTheResidualStreamOfEveryLayerAndTheLogitsFollowFromTheLast() {
    try (var model = Subjects.sharp(SMALL, 5)) {
      int[] tokens = {7, 7, 2};
      List<float[]> seen = new ArrayList<>();
      try (var _ = Torch.newScope();
          var manager = Torch.manager()) {
        Tap tap =
            new Tap() {
              @Override
              public void hidden(int layer, NDArray hidden) {
                assertEquals(seen.size(), layer);
                seen.add(Memory.toFloats(hidden));
              }
            };
        model.forward(Memory.ofInts(manager, tokens, 1, 3), tap);
      }
      assertEquals(SMALL.layers() + 1, seen.size());
      float[] embeddings = Memory.toFloats(model.weights().get("model.embed_tokens.weight"));
      assertArrayEquals(
          Arrays.copyOfRange(embeddings, 7 * 24, 8 * 24), Arrays.copyOf(seen.get(0), 24));
      assertArrayEquals(Arrays.copyOf(seen.get(0), 24), Arrays.copyOfRange(seen.get(0), 24, 48));
    }
  }

  @Test
  void greedyGenerationTakesTheLikeliestTokenEachTime() {
    try (var model = Subjects.sharp(SMALL, 11)) {
      int[] text = {5, 6};
      int[] generated = model.generate(text, 9, Sampling.greedy());
      for (int token : generated) {
        float[] last = logits(model, text)[text.length - 1];
        assertEquals(Sampling.greedy().choose(last), token);
        text = Arrays.copyOf(text, text.length + 1);
        text[text.length - 1] = token;
      }
      assertEquals(9, generated.length);
    }
  }

  @Test
  void generationStopsAtTheEndOfTheText() {
    var tokenizer = BytePairTrainer.train(List.of("int int in in it it"), 266);
    int end = tokenizer.endOfText();
    var shape = new ModelConfig(266, 8, 8, 1, 2, 1, 4, 10_000, 1e-5, 64, true);
    try (var model = Models.random(shape, tokenizer, 1);
        var manager = Torch.manager()) {
      float[] logits = new float[266];
      logits[end] = 1;
      var row = Memory.ofFloats(manager, logits);
      var ended = model.adapt("lm_head", (input, output) -> output.zerosLike().add(row));
      assertEquals(0, ended.generate(new int[] {20}, 5, Sampling.greedy()).length);
    }
  }

  @Test
  void sampledGenerationFollowsItsSeed() {
    try (var model = Subjects.sharp(SMALL, 11)) {
      int[] first = model.generate(new int[] {5}, 30, Sampling.temperature(1.5, 1));
      assertArrayEquals(first, model.generate(new int[] {5}, 30, Sampling.temperature(1.5, 1)));
      assertFalse(
          Arrays.equals(first, model.generate(new int[] {5}, 30, Sampling.temperature(1.5, 2))));
    }
  }

  @Test
  void samplingFollowsTheSoftmaxOfItsTopTokens() {
    float[] logits = {(float) Math.log(0.5), (float) Math.log(0.125), (float) Math.log(0.375)};
    var sampling = new Sampling.Random(1, 2, RandomStream.of(1, "draws"));
    int[] counts = new int[3];
    for (int i = 0; i < 7000; i++) {
      counts[sampling.choose(logits)]++;
    }
    assertEquals(0, counts[1]);
    // 4/7 of 7000, give or take six standard deviations of 41.
    assertEquals(4000, counts[0], 250);
  }

  @Test
  void weightsOfAnotherShapeAreRefused() {
    try (var model = Models.random(SMALL, 1)) {
      var other = new ModelConfig(31, 24, 41, 2, 4, 2, 6, 10_000, 1e-5, 128, true);
      var problem =
          assertThrows(
              IllegalArgumentException.class,
              () -> new LanguageModel(other, model.weights(), null));
      assertTrue(problem.getMessage().contains("mlp.gate_proj"), problem.getMessage());
    }
  }

  @Test
  void tokensOutsideTheVocabularyAreRefused() {
    try (var model = Models.random(SMALL, 1)) {
      assertThrows(IllegalArgumentException.class, () -> model.prefill(new int[] {31}, 1));
      assertThrows(IllegalArgumentException.class, () -> model.prefill(new int[0], 1));
      try (var cache = new DenseCache(SMALL)) {
        assertThrows(IllegalArgumentException.class, () -> model.step(-1, cache));
      }
    }
  }

  @Test
  void sameSeedSameWeights() {
    try (var one = Models.random(SMALL, 1);
        var same = Models.random(SMALL, 1);
        var other = Models.random(SMALL, 2)) {
      assertEquals(one.weights().digest(), same.weights().digest());
      assertFalse(one.weights().digest().equals(other.weights().digest()));
      assertEquals(SMALL.parameters(), one.weights().parameters());
    }
  }

  /// Logits `[tokens][vocab]`.
  static float[][] logits(LanguageModel model, int[] tokens) {
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var logits = model.forward(Memory.ofInts(manager, tokens, 1, tokens.length));
      float[][] rows = new float[tokens.length][];
      for (int t = 0; t < tokens.length; t++) {
        rows[t] = Memory.toFloats(logits.get(0).get(t));
      }
      return rows;
    }
  }

  private static float[] flat(float[][] rows) {
    float[] flat = new float[rows.length * rows[0].length];
    for (int t = 0; t < rows.length; t++) {
      System.arraycopy(rows[t], 0, flat, t * rows[0].length, rows[0].length);
    }
    return flat;
  }
}
