package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.kernel.Kernels.Implementation;

class PrefillAttentionTest {

  private static final int[] HEAD_DIMS = {16, 24, 32, 48, 64, 80, 96, 128};

  /// Weights below this may be this.
  private static final double LEAST = 0x1p-100;

  /// @param spread of the logits
  private static Prefill text(Random random, Heads heads, int tokens, int window, double spread) {
    float[] queries = Samples.gaussian(random, heads.queryHeads() * tokens * heads.headDim());
    for (int i = 0; i < queries.length; i++) {
      queries[i] *= (float) spread;
    }
    return new Prefill(heads, queries, Samples.gaussian(random, heads.channels() * tokens), window);
  }

  /// Lengths around whole pages and whole fours of queries, and any in between.
  private static int tokens(Random random, int seed) {
    int[] edges = {1, 2, 3, 4, 5, 63, 64, 65, 66, 67, 68, 127, 128, 129, 192, 400};
    return seed < edges.length ? edges[seed] : 1 + random.nextInt(seed % 8 == 0 ? 400 : 130);
  }

  @Test
  void simdAgreesWithTheReference() {
    for (int seed = 0; seed < 250; seed++) {
      var random = new Random(seed);
      int headDim = HEAD_DIMS[random.nextInt(HEAD_DIMS.length)];
      var heads = new Heads(1 + random.nextInt(3), 1 + random.nextInt(4), headDim);
      int tokens = tokens(random, seed);
      int window = 1 + random.nextInt(tokens + 20);
      double spread = Math.pow(10, random.nextInt(-3, 3));
      var text = text(random, heads, tokens, window, spread);
      var expected = new ReferencePrefillAttention().attend(text);
      var actual = new SimdPrefillAttention(2).attend(text);
      // Logits are off by some 2^-24 of their spread, and weights by as much of themselves.
      double error = 2e-6 * (1 + 4 * spread);
      String where = "seed " + seed + " " + heads + " tokens " + tokens + " window " + window;
      assertEquals(heads.queryHeads() * text.rows() * tokens, actual.windowAttention().length);
      for (int i = 0; i < expected.windowAttention().length; i++) {
        double weight = expected.windowAttention()[i];
        assertEquals(weight, actual.windowAttention()[i], error * weight + LEAST, where);
      }
      for (int i = 0; i < expected.columnSums().length; i++) {
        double sum = expected.columnSums()[i];
        assertEquals(sum, actual.columnSums()[i], error * sum + tokens * LEAST, where);
      }
      for (int head = 0; head < heads.queryHeads(); head++) {
        int last = ((head + 1) * text.rows() - 1) * tokens;
        float best = expected.windowAttention()[last + expected.argmax()[head]];
        float found = expected.windowAttention()[last + actual.argmax()[head]];
        assertEquals(best, found, 2 * error * best, where);
      }
    }
  }

  /// One head of four channels, so logits are half of the products: the second query's are 0 for
  /// the first token and ln 3 for its own.
  @ParameterizedTest
  @EnumSource(Implementation.class)
  void twoTokensByHand(Implementation implementation) {
    float log9 = (float) (2 * Math.log(3));
    float[] queries = {5, 5, 5, 5, 1, 0, 0, 0};
    float[] keys = {0, 1, 0, 0, log9, 0, 0, 0};
    var text = new Prefill(new Heads(1, 1, 4), queries, keys, 2);
    var seen = Kernels.prefillAttention(implementation).attend(text);
    assertArrayEquals(new float[] {1, 0, 0.25f, 0.75f}, seen.windowAttention(), 1e-6f);
    assertArrayEquals(new float[] {1.25f, 0.75f}, seen.columnSums(), 1e-6f);
    assertArrayEquals(new int[] {1}, seen.argmax());
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void weightsAreSharesOfWhatIsPast(Implementation implementation) {
    for (int seed = 0; seed < 30; seed++) {
      var random = new Random(seed);
      var heads = new Heads(1 + random.nextInt(2), 1 + random.nextInt(3), 16);
      int tokens = tokens(random, seed);
      var text = text(random, heads, tokens, 1 + random.nextInt(tokens), 2);
      var seen = Kernels.prefillAttention(implementation).attend(text);
      for (int head = 0; head < heads.queryHeads(); head++) {
        int from = head * tokens;
        assertEquals(tokens, sum(seen.columnSums(), from, from + tokens), 1e-5 * tokens);
        for (int row = 0; row < text.rows(); row++) {
          int start = (head * text.rows() + row) * tokens;
          int after = start + tokens - text.rows() + row + 1;
          assertEquals(1, sum(seen.windowAttention(), start, after), 1e-5, "seed " + seed);
          for (int i = after; i < start + tokens; i++) {
            assertEquals(0, seen.windowAttention()[i], "seed " + seed);
          }
        }
      }
    }
  }

  private static double sum(float[] x, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += x[i];
    }
    return sum;
  }

  /// Query `t` gives each of `t + 1` tokens the same, whatever it is, and all heads do alike.
  @ParameterizedTest
  @EnumSource(Implementation.class)
  void equalKeysAreAttendedToAlike(Implementation implementation) {
    int tokens = 150;
    var heads = new Heads(2, 2, 48);
    var random = new Random(1);
    float[] keys = new float[heads.channels() * tokens];
    Arrays.fill(keys, 0.5f);
    float[] queries = Samples.gaussian(random, heads.queryHeads() * tokens * 48);
    var seen =
        Kernels.prefillAttention(implementation).attend(new Prefill(heads, queries, keys, 1000));
    for (int i = 0; i < seen.windowAttention().length; i++) {
      int query = i / tokens % tokens;
      double share = i % tokens <= query ? 1.0 / (query + 1) : 0;
      assertEquals(share, seen.windowAttention()[i], 1e-6 * share);
    }
    for (int head = 0; head < 4; head++) {
      double received = 0;
      for (int token = tokens - 1; token >= 0; token--) {
        received += 1.0 / (token + 1);
        assertEquals(received, seen.columnSums()[head * tokens + token], 2e-6 * received);
      }
    }
    assertArrayEquals(new int[4], seen.argmax());
  }

  /// Each query has a channel to itself, which is large in its own token's key only.
  @ParameterizedTest
  @EnumSource(Implementation.class)
  void hugeLogitsLeaveOneToken(Implementation implementation) {
    int tokens = 70;
    float[] rows = new float[tokens * 128];
    for (int token = 0; token < tokens; token++) {
      rows[token * 128 + token] = 1e6f;
    }
    var text = new Prefill(new Heads(1, 1, 128), rows, rows, tokens);
    var seen = Kernels.prefillAttention(implementation).attend(text);
    for (int i = 0; i < seen.windowAttention().length; i++) {
      assertEquals(i / tokens == i % tokens ? 1 : 0, seen.windowAttention()[i], LEAST);
    }
    assertArrayEquals(new int[] {tokens - 1}, seen.argmax());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 6})
  void threadsDoNotChangeTheResult(int queriesPerHead) {
    var text = text(new Random(3), new Heads(2, queriesPerHead, 32), 333, 20, 1);
    // Enough calls for the compiler to replace the code between them.
    var one = new SimdPrefillAttention(1).attend(text);
    for (int call = 0; call < 40; call++) {
      var many = new SimdPrefillAttention(1 + call % 7).attend(text);
      assertArrayEquals(one.columnSums(), many.columnSums(), "call " + call);
      assertArrayEquals(one.windowAttention(), many.windowAttention(), "call " + call);
      assertArrayEquals(one.argmax(), many.argmax(), "call " + call);
    }
  }

  @ParameterizedTest
  @EnumSource(Implementation.class)
  void laterTokensAreNotSeen(Implementation implementation) {
    var kernel = Kernels.prefillAttention(implementation);
    var random = new Random(4);
    float[] queries = Samples.gaussian(random, 100 * 16);
    float[] keys = Samples.gaussian(random, 100 * 16);
    var heads = new Heads(1, 1, 16);
    var whole = kernel.attend(new Prefill(heads, queries, keys, 100));
    for (int tokens : new int[] {1, 2, 30, 64, 65, 99}) {
      var some =
          kernel.attend(
              new Prefill(
                  heads,
                  Arrays.copyOf(queries, tokens * 16),
                  Arrays.copyOf(keys, tokens * 16),
                  100));
      for (int query = 0; query < tokens; query++) {
        assertArrayEquals(
            Arrays.copyOfRange(whole.windowAttention(), query * 100, query * 100 + tokens),
            Arrays.copyOfRange(some.windowAttention(), query * tokens, (query + 1) * tokens),
            1e-6f);
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    var heads = new Heads(2, 2, 4);
    refused("not the keys of one or more tokens", heads, new float[16], new float[0], 1);
    refused("not the keys of one or more tokens", heads, new float[16], new float[9], 1);
    refused("give a query for each token and head", heads, new float[16], new float[16], 1);
    refused("window is 0", heads, new float[16], new float[8], 0);
    float[] broken = new float[16];
    broken[7] = Float.NaN;
    refused("A query holds NaN", heads, broken, new float[8], 1);
    float[] infinite = new float[8];
    infinite[7] = Float.NEGATIVE_INFINITY;
    refused("A key holds -Infinity", heads, new float[16], infinite, 1);
    refused(
        "give a smaller window",
        new Heads(1, 1, 1),
        new float[50_000],
        new float[50_000],
        Integer.MAX_VALUE);
  }

  private static void refused(
      String reason, Heads heads, float[] queries, float[] keys, int window) {
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> new Prefill(heads, queries, keys, window));
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }
}
