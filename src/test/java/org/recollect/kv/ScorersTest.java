package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.kv.KvCacheTest.Token;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

class ScorersTest {

  @Test
  void streamingKeepsSinksAndAWindowWithPositionsOfTheirOwn() {
    for (long seed = 0; seed < 6; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1, 2, 2, 16);
      var prompt = Texts.prompt(config, 60 + random.nextInt(30), random);
      var rope = Rope.of(config);
      int n = prompt.length();
      try (var cache = Kv.streamingLlm().policy().cache(prompt, Budget.fraction(0.5))) {
        int kept = cache.tokens(0, 0);
        assertTrue(kept < n / 2 + 1 && kept > 4);
        var tokens = new ArrayList<Token>();
        for (int step = 0; step < 70; step++) {
          var token = new Token(config, random);
          float[] output = token.attend(cache, 0);
          tokens.add(token);
          // Four sinks, then the last kept - 4 before this token, then the token itself.
          int now = n + step;
          int[] expected =
              IntStream.concat(IntStream.range(0, 4), IntStream.range(now - (kept - 4), now + 1))
                  .toArray();
          for (int head = 0; head < config.heads(); head++) {
            int kv = head / config.groupSize();
            var keys = new ArrayList<float[]>();
            var values = new ArrayList<float[]>();
            for (int place = 0; place < expected.length; place++) {
              float[] key = vector(prompt, tokens, expected[place], kv, true);
              keys.add(Texts.turned(half(key), rope, place));
              values.add(half(vector(prompt, tokens, expected[place], kv, false)));
            }
            float[] query =
                Texts.turned(
                    Texts.vector(token.queries(), head, 0, 1, 16), rope, expected.length - 1);
            double[] mixed = Texts.attend(query, keys, values);
            float[] part = Arrays.copyOfRange(output, head * 16, head * 16 + 16);
            KvCacheTest.assertClose(mixed, part, 1e-4, "seed " + seed + " step " + step);
          }
          assertEquals(kept, cache.tokens(0, 0));
        }
      }
    }
  }

  /// H2O against a list from which the least attended token is removed.
  @Test
  void heavyHittersStayUntilTheyAreOutdone() {
    for (long seed = 0; seed < 6; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1, 1, 2, 16);
      var prompt = Texts.prompt(config, 50, random);
      var rope = Rope.of(config);
      float[] importance = new H2o().importance(prompt, 0)[0];
      try (var cache = Kv.h2o().store(Kv.full()).cache(prompt, Budget.fraction(0.9))) {
        int limit = cache.tokens(0, 0);
        var positions = new ArrayList<Integer>();
        for (int t = 50 - limit / 2; t < 50; t++) {
          positions.add(t);
        }
        IntStream.range(0, 50 - limit / 2)
            .boxed()
            .sorted((a, b) -> Float.compare(importance[b], importance[a]))
            .limit(limit - limit / 2)
            .forEach(positions::add);
        var scores = new double[120];
        for (int t = 0; t < 50; t++) {
          scores[t] = importance[t];
        }
        var tokens = new ArrayList<Token>();
        for (int step = 0; step < 40; step++) {
          var token = new Token(config, random);
          float[] output = token.attend(cache, 0);
          tokens.add(token);
          positions.add(50 + step);
          var keys = new ArrayList<float[]>();
          var values = new ArrayList<float[]>();
          for (int position : positions) {
            keys.add(Texts.turned(vector(prompt, tokens, position, 0, true), rope, position));
            values.add(vector(prompt, tokens, position, 0, false));
          }
          for (int head = 0; head < 2; head++) {
            float[] query =
                Texts.turned(Texts.vector(token.queries(), head, 0, 1, 16), rope, 50 + step);
            double[] weights = Texts.weights(query, keys);
            for (int i = 0; i < weights.length; i++) {
              scores[positions.get(i)] += weights[i] / 2;
            }
            float[] part = Arrays.copyOfRange(output, head * 16, head * 16 + 16);
            KvCacheTest.assertClose(
                Texts.attend(query, keys, values), part, 1e-4, "seed " + seed + " step " + step);
          }
          var sorted = positions.stream().sorted().toList();
          int newest = sorted.get(sorted.size() - 1 - limit / 2);
          int gone =
              sorted.stream()
                  .filter(p -> p <= newest)
                  .min((a, b) -> Double.compare(scores[a], scores[b]))
                  .orElseThrow();
          positions.remove(Integer.valueOf(gone));
        }
      }
    }
  }

  /// TOVA against a list from which the token goes that the newest query looks at least.
  @Test
  void theStateThatTheNewestTokenLooksAtLeastGoes() {
    for (long seed = 0; seed < 6; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1, 2, 2, 16);
      var prompt = Texts.prompt(config, 50, random);
      var rope = Rope.of(config);
      float[] importance = new Tova().importance(prompt, 0)[0];
      try (var cache = Kv.keep(new Tova()).store(Kv.full()).cache(prompt, Budget.fraction(0.9))) {
        int limit = cache.tokens(0, 0);
        var positions = new ArrayList<Integer>(List.of(49));
        IntStream.range(0, 49)
            .boxed()
            .sorted((a, b) -> Float.compare(importance[b], importance[a]))
            .limit(limit - 1)
            .forEach(positions::add);
        var tokens = new ArrayList<Token>();
        for (int step = 0; step < 40; step++) {
          var token = new Token(config, random);
          float[] output = token.attend(cache, 0);
          tokens.add(token);
          positions.add(50 + step);
          double[] received = new double[positions.size()];
          for (int head = 0; head < 4; head++) {
            var keys = new ArrayList<float[]>();
            var values = new ArrayList<float[]>();
            for (int position : positions) {
              keys.add(
                  Texts.turned(vector(prompt, tokens, position, head / 2, true), rope, position));
              values.add(vector(prompt, tokens, position, head / 2, false));
            }
            float[] query =
                Texts.turned(Texts.vector(token.queries(), head, 0, 1, 16), rope, 50 + step);
            double[] weights = Texts.weights(query, keys);
            Arrays.setAll(received, i -> received[i] + weights[i]);
            float[] part = Arrays.copyOfRange(output, head * 16, head * 16 + 16);
            KvCacheTest.assertClose(
                Texts.attend(query, keys, values), part, 1e-4, "seed " + seed + " step " + step);
          }
          int least = 0;
          for (int i = 1; i < received.length - 1; i++) {
            least = received[i] < received[least] ? i : least;
          }
          positions.remove(least);
        }
      }
    }
  }

  /// The closed form against the mean over many queries drawn from the same distribution.
  @Test
  void expectedAttentionIsTheMeanOverQueriesToCome() {
    for (long seed = 0; seed < 4; seed++) {
      var random = new Random(seed);
      int tokens = 40;
      var config = Texts.config(1, 1, 1, 4);
      var prompt = Texts.prompt(config, tokens, random);
      float[] importance = new ExpectedAttention(4, 1).importance(prompt, 0)[0];
      var rope = Rope.of(config);
      float[] queries = prompt.layer(0).queries();
      double[] weights = new double[tokens];
      double[] squares = new double[tokens];
      int draws = 40_000;
      int observed = tokens - 4;
      double[] mean = new double[4];
      for (int t = 4; t < tokens; t++) {
        for (int c = 0; c < 4; c++) {
          mean[c] += queries[t * 4 + c] / (double) observed;
        }
      }
      for (int draw = 0; draw < draws; draw++) {
        // A normal vector with the queries' mean and covariance: deviations, normally weighted.
        double[] query = mean.clone();
        for (int t = 4; t < tokens; t++) {
          double weight = random.nextGaussian() / Math.sqrt(observed);
          for (int c = 0; c < 4; c++) {
            query[c] += weight * (queries[t * 4 + c] - mean[c]);
          }
        }
        float[] turned = new float[4];
        for (int c = 0; c < 4; c++) {
          turned[c] = (float) query[c];
        }
        rope.rotate(turned, 0, tokens);
        for (int t = 0; t < tokens; t++) {
          float[] key = Texts.turned(vector(prompt, List.of(), t, 0, true), rope, t);
          double logit = 0;
          for (int c = 0; c < 4; c++) {
            logit += turned[c] * key[c] / 2;
          }
          weights[t] += Math.exp(logit) / draws;
          squares[t] += Math.exp(2 * logit) / draws;
        }
      }
      double total = Arrays.stream(weights).sum();
      for (int t = 0; t < tokens; t++) {
        float[] value = vector(prompt, List.of(), t, 0, false);
        double length = 0;
        for (float x : value) {
          length += x * x;
        }
        length = Math.sqrt(length);
        // Five standard errors of the drawn mean, for the token and for the sum.
        double relative = Math.sqrt(squares[t] / (weights[t] * weights[t]) / draws);
        double expected = weights[t] / total * length;
        assertEquals(expected, importance[t], 10 * relative * expected, "seed " + seed);
      }
    }
  }

  @Test
  void h2oAveragesColumnSumsOverTheGroup() {
    var config = Texts.config(1, 2, 2, 4);
    var prompt = Texts.prompt(config, 3, new Random(1));
    float[] sums = prompt.layer(0).columnSums();
    float[][] importance = new H2o().importance(prompt, 0);
    assertEquals((sums[0] + sums[3]) / 2, importance[0][0], 1e-6);
    assertEquals((sums[6 + 2] + sums[9 + 2]) / 2, importance[1][2], 1e-6);
  }

  @Test
  void snapKvPoolsWhatTheWindowLooksAt() {
    var config = Texts.config(1, 1, 1, 4);
    var prompt = Texts.prompt(config, 12, new Random(1));
    float[] attention = new float[12 * 12];
    // Two observed queries (rows 10 and 11); token 5 gets .6 and .2 of their attention, token 0 .4.
    attention[10 * 12 + 5] = 0.6f;
    attention[11 * 12 + 5] = 0.2f;
    attention[11 * 12] = 0.4f;
    attention[3 * 12 + 8] = 1;
    var layer = prompt.layer(0);
    var planted =
        new Prompt(
            config,
            prompt.tokens(),
            12,
            List.of(
                new Prompt.Layer(
                    layer.input(),
                    layer.queries(),
                    layer.keys(),
                    layer.values(),
                    layer.columnSums(),
                    attention,
                    layer.argmax(),
                    layer.massive())),
            prompt.logits());
    float[] scores = new SnapKv(2, 3).importance(planted, 0)[0];
    float[] expected = {0.1f, 0.2f / 3, 0, 0, 0.4f / 3, 0.4f / 3, 0.4f / 3, 0, 0, 0};
    assertArrayEquals(expected, Arrays.copyOf(scores, 10), 1e-6f);
    try (var cache = Kv.keep(new SnapKv(2, 3)).cache(planted, Budget.tokens(9))) {
      assertEquals(
          List.of(0, 1, 4, 5, 6, 10, 11),
          Arrays.stream(cache.lanes(0).getFirst().store().positions()).sorted().boxed().toList());
    }
  }

  @Test
  void snapKvNeedsTheWindowItObserves() {
    var prompt = Texts.prompt(Texts.config(1, 1, 1, 4), 100, new Random(1));
    var missing =
        assertThrows(IllegalArgumentException.class, () -> new SnapKv(64, 5).importance(prompt, 0));
    assertTrue(missing.getMessage().contains("prefill with a window of 64"));
  }

  private static float[] vector(
      Prompt prompt, List<Token> tokens, int position, int head, boolean key) {
    int d = prompt.config().headDim();
    if (position < prompt.length()) {
      float[] all = key ? prompt.layer(0).keys() : prompt.layer(0).values();
      return Texts.vector(all, head, position, prompt.length(), d);
    }
    var token = tokens.get(position - prompt.length());
    return Texts.vector(key ? token.keys() : token.values(), head, 0, 1, d);
  }

  private static float[] half(float[] x) {
    float[] y = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Float.float16ToFloat(Float.floatToFloat16(x[i]));
    }
    return y;
  }
}
