package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// Soft prompts and prefixes: they begin as words, and go where words would.
class VirtualTokensTest {

  private static final int[] WORDS = {2, 0, 4};
  private static final int[] TEXT = {3, 1, 4, 1, 0};

  /// Both kinds, on the same terms.
  private enum Kind {
    PROMPT,
    PREFIX;

    VirtualTokens of(LanguageModel model, int... words) {
      return this == PROMPT ? SoftPrompt.of(model, words) : Prefix.of(model, words);
    }
  }

  @ParameterizedTest
  @EnumSource
  void untrainedTheyAreWordsBeforeTheText(Kind kind) {
    for (long seed = 1; seed <= 5; seed++) {
      try (var model = Subjects.any(seed);
          var before = kind.of(model, WORDS)) {
        assertEquals(3, before.count());
        float[] whole = logits(model, joined(WORDS, TEXT));
        int from = WORDS.length * model.config().vocabSize();
        float[] expected = Arrays.copyOfRange(whole, from, whole.length);
        assertArrayEquals(expected, logits(before.on(model), TEXT), 1e-4f, "seed " + seed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void trainedTheyChangeThePredictionsButNotTheModel(Kind kind) {
    try (var model = Subjects.any(3);
        var before = kind.of(model, WORDS)) {
      float[] plain = logits(model, TEXT);
      var tuned = before.on(model);
      float[] untrained = logits(tuned, TEXT);
      train(before);
      assertFalse(Arrays.equals(untrained, logits(tuned, TEXT)));
      assertArrayEquals(plain, logits(model, TEXT));
    }
  }

  /// A cache that has read the text goes on as the whole text is read.
  @ParameterizedTest
  @EnumSource
  void cachedDecodingSeesThem(Kind kind) {
    for (long seed = 1; seed <= 5; seed++) {
      try (var model = Subjects.any(seed);
          var before = kind.of(model, WORDS)) {
        train(before);
        var tuned = before.on(model);
        int vocabulary = model.config().vocabSize();
        float[] whole = logits(tuned, TEXT);
        var prompt = tuned.prefill(Arrays.copyOf(TEXT, 3), 2);
        assertArrayEquals(new int[] {-1, -1, -1, 3, 1, 4}, prompt.tokens());
        assertArrayEquals(row(whole, 2, vocabulary), prompt.logits(), 1e-4f, "seed " + seed);
        try (var cache = DenseCache.of(prompt)) {
          assertEquals(6, cache.position());
          for (int i = 3; i < TEXT.length; i++) {
            float[] next = tuned.step(TEXT[i], cache);
            assertArrayEquals(row(whole, i, vocabulary), next, 1e-4f, "seed " + seed);
          }
        }
        assertEquals(4, tuned.generate(TEXT, 4, Sampling.greedy()).length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void batchesSeeThemRowByRow(Kind kind) {
    try (var model = Subjects.any(4);
        var before = kind.of(model, WORDS);
        var manager = Torch.manager();
        var _ = Torch.newScope()) {
      train(before);
      var tuned = before.on(model);
      int[] other = {1, 1, 2, 3, 0};
      var both = tuned.forward(Memory.ofInts(manager, joined(TEXT, other), 2, 5));
      assertArrayEquals(logits(tuned, TEXT), Memory.toFloats(both.get(0)), 1e-4f);
      assertArrayEquals(logits(tuned, other), Memory.toFloats(both.get(1)), 1e-4f);
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfFiniteDifferencesAndReachNothingElse(Kind kind) {
    var config = new ModelConfig(11, 8, 10, 2, 2, 1, 4, 10_000, 1e-5, 64, true);
    try (var model = Subjects.sharp(config, 6);
        var before = kind.of(model, WORDS);
        var manager = Torch.manager()) {
      var tuned = before.on(model);
      var ids = Memory.ofInts(manager, TEXT, 1, TEXT.length);
      var next = Memory.ofInts(manager, new int[] {1, 4, 1, 0, 2});
      GradientCheck.of(
          before.weights(),
          () -> Ops.crossEntropy(tuned.forward(ids).reshape(TEXT.length, -1), next));
      assertTrue(model.weights().asMap().values().stream().noneMatch(NDArray::hasGradient));
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatTheyCannotBePartOfIsRefused(Kind kind) {
    try (var model = Subjects.any(5);
        var before = kind.of(model, WORDS);
        var cache = new DenseCache(model.config());
        var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var tuned = before.on(model);
      var ids = Memory.ofInts(manager, TEXT, 1, TEXT.length);
      assertRefused("make it of what prefill gives", () -> tuned.step(1, cache));
      assertRefused("below them", () -> tuned.embed(ids));
      var mask = CausalAttention.mask(manager, 0, TEXT.length);
      var packed = new Placement(new int[] {0, 1, 2, 3, 4}, mask, List.of());
      assertRefused("read the whole text", () -> tuned.hidden(ids, packed));
      assertThrows(IllegalArgumentException.class, () -> tuned.prefill(new int[0], 1));
      assertThrows(IllegalArgumentException.class, () -> kind.of(model));
    }
  }

  @Test
  void wordsAreDrawnFromASeed() {
    try (var model = Subjects.any(5);
        var one = SoftPrompt.random(model, 7, 1);
        var same = SoftPrompt.random(model, 7, 1);
        var other = SoftPrompt.random(model, 7, 2);
        var prefix = Prefix.random(model, 2, 1)) {
      assertEquals(one.weights().digest(), same.weights().digest());
      assertFalse(one.weights().digest().equals(other.weights().digest()));
      assertEquals(2, prefix.count());
    }
  }

  private static void assertRefused(String remedy, org.junit.jupiter.api.function.Executable call) {
    var problem = assertThrows(IllegalStateException.class, call);
    assertTrue(problem.getMessage().contains(remedy), problem.getMessage());
  }

  /// Stands for training: everything moves at random.
  private static void train(VirtualTokens tokens) {
    tokens
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          float[] values = Memory.toFloats(weight);
          float[] moves = RandomStream.of(9, name).gaussians(values.length);
          for (int i = 0; i < values.length; i++) {
            values[i] += .5f * moves[i];
          }
          Memory.write(weight, values);
        });
  }

  private static float[] logits(LanguageModel model, int[] tokens) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      return Memory.toFloats(model.forward(Memory.ofInts(manager, tokens, 1, tokens.length)));
    }
  }

  private static int[] joined(int[] first, int[] second) {
    int[] joined = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, joined, first.length, second.length);
    return joined;
  }

  private static float[] row(float[] values, int row, int width) {
    return Arrays.copyOfRange(values, row * width, (row + 1) * width);
  }
}
