package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Prompt;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class AttentionGateTest {

  private static final ModelConfig SHAPE =
      new ModelConfig(40, 32, 24, 2, 4, 2, 8, 10_000, 1e-5, 64, true);

  private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};

  private LanguageModel model;
  private Gates gates;

  @BeforeEach
  void make() {
    model = Models.random(SHAPE, 1);
    gates = Gates.of(model, 1);
  }

  @AfterEach
  void close() {
    gates.close();
    model.close();
  }

  /// Gates that keep about half of the tokens, by their content.
  private void decide() {
    gates
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          if (name.endsWith("bias")) {
            Memory.write(weight, new float[(int) weight.size()]);
          } else if (name.endsWith("out.weight")) {
            Memory.write(weight, RandomStream.of(7, name).gaussians((int) weight.size()));
          }
        });
  }

  @Test
  void untrainedGatesKeepEverything() {
    var prompt = model.prefill(TEXT, 1);
    for (double[] layer : gates.rates(List.of(prompt))) {
      assertArrayEquals(new double[] {1, 1}, layer, 1e-9);
    }
    assertArrayEquals(prompt.logits(), gates.on(model).prefill(TEXT, 1).logits(), 1e-5f);
  }

  @Test
  void aFlagDependsOnThePastAlone() {
    decide();
    int[] other = TEXT.clone();
    other[8] = 20;
    for (int layer = 0; layer < 2; layer++) {
      float[][] p = gates.probabilities(model.prefill(TEXT, 1), layer);
      float[][] q = gates.probabilities(model.prefill(other, 1), layer);
      for (int head = 0; head < 2; head++) {
        assertArrayEquals(
            Arrays.copyOf(p[head], 8), Arrays.copyOf(q[head], 8), 1e-6f, "layer " + layer);
        assertNotEquals(p[head][8], q[head][8]);
      }
    }
  }

  /// What the gated model computed of the last token is what a step computes from a cache of the
  /// flagged tokens: giving up while reading and the cache fit together.
  @Test
  void theCacheHoldsWhatTheGatedModelSaw() {
    decide();
    var gated = gates.on(model);
    int last = TEXT.length - 1;
    var prompt = gated.prefill(Arrays.copyOf(TEXT, last), 1);
    int kept = 0;
    for (double[] layer : gates.rates(List.of(prompt))) {
      for (double rate : layer) {
        assertTrue(rate > 0 && rate < 1, "some are kept and some are not");
        kept += Math.round(rate * last);
      }
    }
    // The last token of the prompt is kept whatever its flag: let its flag be 1 in both.
    float[] expected;
    try (var _ = Torch.newScope()) {
      expected = Memory.toFloats(lastKept(last).forward(ids()).get("0, -1"));
    }
    var policy = new Policy("flagged", new AttentionGate(gates), new Flagged(), Kv.full());
    try (var cache = policy.cache(prompt, Budget.fraction(1))) {
      assertArrayEquals(expected, model.step(TEXT[last], cache), 1e-4f);
    }
    assertTrue(kept > 0);
  }

  private NDArray ids() {
    var manager = model.weights().get("model.norm.weight").getManager();
    return Memory.ofInts(manager, TEXT, 1, TEXT.length);
  }

  /// A gated model in which the two last tokens are kept.
  private LanguageModel lastKept(int last) {
    return model.gated((layer, normed) -> {
      var flags = Memory.toFloats(gates.probabilities(layer, normed));
      for (int i = 0; i < flags.length; i++) {
        flags[i] = flags[i] > .5 || i % TEXT.length >= last - 1 ? 1 : 0;
      }
      return Memory.ofFloats(normed.getManager(), flags, 1, 2, TEXT.length);
    });
  }

  /// Each head keeps what is flagged, and the last token.
  private record Flagged() implements Allocator {
    @Override
    public String name() {
      return "flagged";
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }

    @Override
    public int[][] share(Demand demand) {
      int[][] shares = new int[demand.layers()][demand.kvHeads()];
      for (int layer = 0; layer < shares.length; layer++) {
        for (int head = 0; head < shares[layer].length; head++) {
          float[] p = demand.importance()[layer][head];
          shares[layer][head] = 1;
          for (int token = 0; token < p.length - 1; token++) {
            shares[layer][head] += p[token] > .5 ? 1 : 0;
          }
        }
      }
      return shares;
    }
  }

  @Test
  void flagsAreHardAndTheirGradientGoesStraightThrough() {
    decide();
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var normed = RandomStream.of(2, "x").gaussian(manager, new Shape(1, 6, 32), 1);
      var inPrompt = Memory.ofFloats(manager, new float[] {1, 1, 1, 1, 0, 0}, 1, 1, 6);
      var bias = gates.weights().get("gates.0.out.bias");
      bias.setRequiresGradient(true);
      float[] gradient;
      float[] flags;
      try (var tape = Torch.gradients()) {
        var given = gates.new Pass(inPrompt).flags(0, normed);
        flags = Memory.toFloats(given);
        tape.backward(given.sum());
        gradient = Memory.toFloats(bias.getGradient());
      }
      bias.setRequiresGradient(false);
      float[] p = Memory.toFloats(gates.probabilities(0, normed));
      for (int head = 0; head < 2; head++) {
        double slope = 0;
        for (int token = 0; token < 6; token++) {
          float one = p[head * 6 + token];
          boolean kept = token >= 4 || one > Gates.THRESHOLD;
          assertEquals(kept ? 1 : 0, flags[head * 6 + token], 1e-6);
          slope += token < 4 ? one * (1 - one) : 0;
        }
        assertEquals(slope, gradient[head], 1e-5);
      }
    }
  }

  @Test
  void thePriceIsTheDistanceFromTheRateOverThePrompt() {
    decide();
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var pass = gates.new Pass(Memory.ofFloats(manager, new float[] {1, 1, 0}, 1, 1, 3));
      double expected = 0;
      for (int layer = 0; layer < 2; layer++) {
        var normed = RandomStream.of(layer, "x").gaussian(manager, new Shape(1, 3, 32), 1);
        pass.flags(layer, normed);
        float[] p = Memory.toFloats(gates.probabilities(layer, normed));
        expected += Math.abs((p[0] + p[1] + p[3] + p[4]) / 4 - 0.3) / 2;
      }
      assertEquals(expected, pass.excess(0.3).getFloat(), 1e-6);
    }
  }

  @Test
  void savedGatesAreReadBack(@TempDir Path folder) {
    var file = folder.resolve("gates.safetensors");
    decide();
    gates.save(file);
    try (var read = Gates.read(file, model)) {
      assertEquals(gates.weights().digest(), read.weights().digest());
    }
    try (var other =
        Models.random(new ModelConfig(40, 32, 24, 3, 4, 2, 8, 10_000, 1e-5, 64, true), 1)) {
      var refusal = assertThrows(IllegalArgumentException.class, () -> Gates.read(file, other));
      assertTrue(refusal.getMessage().contains("give the model that they were trained for"));
    }
  }

  @Test
  void aTextReadInPiecesHasNothingToLookAt() {
    var gate = new AttentionGate(gates);
    try (var talk =
        Conversation.of(model, Kv.keep(gate.afterReading()), Budget.fraction(0.5)).inPieces(6)) {
      var refusal = assertThrows(IllegalArgumentException.class, () -> talk.read(TEXT));
      assertTrue(refusal.getMessage().endsWith("read in pieces: read it at once."));
    }
  }

  @Test
  void onlyAGateThatWorksWhileReadingReadsForItself() {
    var gate = new AttentionGate(gates);
    assertNotEquals(model, gate.reader(model));
    assertSame(model, gate.afterReading().reader(model));
    assertNotEquals(gate.configuration(), gate.afterReading().configuration());
  }

  @Test
  void aPositionGateKnowsNothingButThePosition() {
    decide();
    var prompts = List.of(model.prefill(TEXT, 1), model.prefill(new int[12], 1));
    var byPosition = PositionGate.of(gates, prompts);
    float[][] one = gates.probabilities(prompts.get(0), 1);
    float[][] other = gates.probabilities(prompts.get(1), 1);
    float[][] mean = byPosition.importance(prompts.get(0), 1);
    assertArrayEquals(mean[1], byPosition.importance(prompts.get(1), 1)[1]);
    for (int token = 0; token < 12; token++) {
      assertEquals((one[1][token] + other[1][token]) / 2, mean[1][token], 1e-6);
    }
    float[] longer = byPosition.importance(model.prefill(new int[20], 1), 1)[0];
    assertEquals(mean[0][11], longer[19]);
    assertThrows(
        IllegalArgumentException.class,
        () -> PositionGate.of(gates, List.of(prompts.get(0), model.prefill(new int[3], 1))));
  }

  /// Against every head's tokens put into one list.
  @Test
  void pooledSharesAreOneThreshold() {
    for (int seed = 0; seed < 20; seed++) {
      var random = new Random(seed);
      var config = Texts.config(1 + random.nextInt(3), 1 + random.nextInt(3), 1, 4);
      int tokens = 2 + random.nextInt(20);
      float[][][] importance = new float[config.layers()][config.kvHeads()][];
      for (float[][] layer : importance) {
        for (int head = 0; head < layer.length; head++) {
          layer[head] = Texts.positive(random, tokens);
        }
      }
      int each = 1 + random.nextInt(tokens);
      Prompt prompt = Texts.prompt(config, tokens, random);
      var scorer = new AttentionGate(gates);
      var demand = new Demand(prompt, importance, each, Budget.tokens(each), scorer, List.of());
      int heads = config.layers() * config.kvHeads();
      var all = new ArrayList<Float>();
      for (float[][] layer : importance) {
        for (float[] head : layer) {
          for (int token = 0; token < tokens - 1; token++) {
            all.add(head[token]);
          }
        }
      }
      all.sort(null);
      int room = heads * (each - 1);
      float least = room == 0 ? 2 : all.get(all.size() - room);
      int[][] shares = new Pooled().share(demand);
      for (int layer = 0; layer < shares.length; layer++) {
        for (int head = 0; head < shares[layer].length; head++) {
          int expected = 1;
          for (int token = 0; token < tokens - 1; token++) {
            expected += importance[layer][head][token] >= least ? 1 : 0;
          }
          assertEquals(expected, shares[layer][head], "seed " + seed);
        }
      }
    }
  }

  @Test
  void sigmoidOfTheBiasIsWhereTrainingStarts() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var bias = gates.weights().get("gates.1.out.bias");
      float[] start = Memory.toFloats(Ops.sigmoid(bias));
      assertArrayEquals(new float[] {0.9526f, 0.9526f}, start, 1e-4f);
      assertTrue(gates.share() > 0 && gates.share() < 1);
    }
  }
}
