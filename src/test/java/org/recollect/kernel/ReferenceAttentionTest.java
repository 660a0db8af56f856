package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Attention over the codes against attention over the rows that the codes stand for.
class ReferenceAttentionTest {

  private final DecodeAttention attention = Kernels.reference();

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void logitsOverCodesEqualLogitsOverRebuiltKeys(PageFormat format) {
    for (long seed = 0; seed < 6; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        var s = new Setup(arena, format, seed);
        float[] logits = new float[(s.at + s.tokens) * s.heads.queryHeads()];
        attention.logits(s.page, s.tokens, s.heads, s.queries, logits, s.at);
        for (int t = 0; t < s.tokens; t++) {
          float[] key = new float[s.heads.channels()];
          s.page.read(t, key, 0);
          for (int h = 0; h < s.heads.queryHeads(); h++) {
            assertEquals(
                s.dot(h, key), logits[(s.at + t) * s.heads.queryHeads() + h], 1e-5, s.toString());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void keysLeaveTheirBasisAndTurnToTheirPosition(PageFormat format) {
    // A quarter turn a position, on pairs (i, i + 1): easy to write down and not symmetric.
    Rotary quarterTurns =
        (x, offset, position) -> {
          for (int turn = 0; turn < position % 4; turn++) {
            float first = x[offset];
            x[offset] = -x[offset + 1];
            x[offset + 1] = first;
          }
        };
    for (long seed = 0; seed < 6; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        var s = new Setup(arena, format, seed);
        int channels = s.heads.channels();
        int[] order = new int[channels];
        for (int i = 0; i < channels; i++) {
          order[i] = channels - 1 - i;
        }
        Basis basis = Basis.hadamard(2).ordered(order);
        int[] positions = new int[s.tokens];
        for (int t = 0; t < s.tokens; t++) {
          positions[t] = s.random.nextInt(9);
        }
        float[] logits = new float[(s.at + s.tokens) * s.heads.queryHeads()];
        attention.logits(
            s.page, s.tokens, s.heads, basis, quarterTurns, positions, s.queries, logits, s.at);
        for (int t = 0; t < s.tokens; t++) {
          float[] stored = new float[channels];
          s.page.read(t, stored, 0);
          float[] key = new float[channels];
          for (int i = 0; i < channels; i += 2) {
            float a = stored[channels - 1 - i];
            float b = stored[channels - 2 - i];
            key[i] = (float) ((a + b) / Math.sqrt(2));
            key[i + 1] = (float) ((a - b) / Math.sqrt(2));
          }
          for (int head = 0; head < s.heads.kvHeads(); head++) {
            quarterTurns.rotate(key, head * s.heads.headDim(), positions[t]);
          }
          for (int h = 0; h < s.heads.queryHeads(); h++) {
            assertEquals(
                s.dot(h, key), logits[(s.at + t) * s.heads.queryHeads() + h], 1e-5, s.toString());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void outputIsTheWeightedSumOfRebuiltValues(PageFormat format) {
    for (long seed = 0; seed < 6; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        var s = new Setup(arena, format, seed);
        int queryHeads = s.heads.queryHeads();
        float[] weights = Samples.gaussian(s.random, (s.at + s.tokens) * queryHeads);
        float[] output = Samples.gaussian(s.random, queryHeads * s.heads.headDim());
        double[] expected = new double[output.length];
        float[] value = new float[s.heads.channels()];
        for (int i = 0; i < expected.length; i++) {
          expected[i] = output[i];
          int head = i / s.heads.headDim();
          for (int t = 0; t < s.tokens; t++) {
            s.page.read(t, value, 0);
            expected[i] +=
                (double) weights[(s.at + t) * queryHeads + head]
                    * value[
                        head / s.heads.queriesPerHead() * s.heads.headDim()
                            + i % s.heads.headDim()];
          }
        }
        attention.accumulate(s.page, s.tokens, s.heads, weights, s.at, output);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], output[i], 1e-4, s.toString());
        }
      }
    }
  }

  /// A page of random tokens, partly used, and random queries.
  private static final class Setup {
    final long seed;
    final Random random;
    final Heads heads;
    final int tokens;
    final int at;
    final Page page;
    final float[] queries;

    Setup(Arena arena, PageFormat format, long seed) {
      this.seed = seed;
      random = new Random(seed);
      heads = new Heads(1 + random.nextInt(3), 1 + random.nextInt(3), 2 * (1 + random.nextInt(20)));
      int capacity = format.groupTokens() * (1 + random.nextInt(2));
      tokens = 1 + random.nextInt(capacity);
      at = random.nextInt(3);
      page = Page.allocate(arena, format, heads.channels(), capacity);
      page.write(0, Samples.gaussian(random, capacity * heads.channels()), 0, capacity);
      queries = Samples.gaussian(random, heads.queryHeads() * heads.headDim());
      for (int i = 0; i < queries.length; i++) {
        queries[i] *= (float) (1 / Math.sqrt(heads.headDim()));
      }
    }

    double dot(int queryHead, float[] key) {
      double sum = 0;
      for (int c = 0; c < heads.headDim(); c++) {
        sum +=
            (double) queries[queryHead * heads.headDim() + c]
                * key[queryHead / heads.queriesPerHead() * heads.headDim() + c];
      }
      return sum;
    }

    @Override
    public String toString() {
      return "seed " + seed + ", " + heads + ", " + page.format();
    }
  }
}
