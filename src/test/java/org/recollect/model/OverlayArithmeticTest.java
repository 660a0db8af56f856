package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// What the overlays add to one linear map, against plain loops in doubles and by hand.
class OverlayArithmeticTest {
  private static final String MAP = "model.layers.0.self_attn.q_proj";
  private static final int IN = 6;
  private static final int OUT = 4;

  private final LanguageModel model =
      Subjects.sharp(new ModelConfig(9, IN, 5, 1, 2, 1, 2, 10_000, 1e-5, 64, true), 1);
  private final NDManager manager = Torch.manager();

  @AfterEach
  void close() {
    manager.close();
    model.close();
  }

  @Test
  void aStackAddsTheSumOfItsLoras() {
    try (var stack = new LoraStack(Lora.of(model, 2, 3, 1, "q_proj"))) {
      train(stack.weights(), 1);
      double[][] first = product(stack.newest().weights(), 3. / 2);
      assertSame(rows(first), added(stack), 1e-6);
      var tuned = stack.on(model);
      stack.grow(7);
      assertSame(rows(first), added(stack), 1e-6);
      train(stack.weights(), 2);
      double[][] second = product(stack.newest().weights(), 3. / 2);
      assertSame(rows(sum(first, second)), added(stack), 1e-6);
      stack.grow(Lora.of(model, 1, 4, 8, "q_proj"));
      train(stack.weights(), 3);
      double[][] third = product(stack.newest().weights(), 4);
      assertSame(rows(sum(sum(first, second), third)), added(stack), 1e-6);
      assertEquals(3, stack.loras().size());
      // A model made when there was one has all three now.
      assertArrayEquals(logits(stack.on(model)), logits(tuned));
      var other = Lora.of(model, 2, 3, 1, "v_proj");
      assertThrows(IllegalArgumentException.class, () -> stack.grow(other));
      other.close();
    }
  }

  /// Merge and renew is the same sum.
  @Test
  void aStackPredictsAsLorasThatWereMergedOneAfterAnother() {
    try (var stack = new LoraStack(Lora.of(model, 2, 1, 1, "q_proj", "down_proj"))) {
      train(stack.weights(), 1);
      try (var once = stack.newest().mergedInto(model)) {
        train(stack.grow(2).weights(), 2);
        try (var twice = stack.newest().mergedInto(once)) {
          assertSame(logits(twice), logits(stack.on(model)), 1e-5);
        }
      }
    }
  }

  @Test
  void onlyTheNewestOfAStackGetsAGradient() {
    try (var stack = new LoraStack(Lora.of(model, 2, 1, 1, "q_proj"));
        var _ = Torch.newScope()) {
      train(stack.weights(), 1);
      stack.grow(2);
      train(stack.weights(), 2);
      stack.weights().asMap().values().forEach(weight -> weight.setRequiresGradient(true));
      try (var tape = Torch.gradients()) {
        tape.backward(stack.on(model).forward(ids()).sum());
      }
      stack.weights().asMap().forEach((name, weight) -> assertTrue(weight.hasGradient(), name));
      stack
          .loras()
          .getFirst()
          .weights()
          .asMap()
          .forEach((name, weight) -> assertFalse(weight.hasGradient(), name));
    }
  }

  /// An input without a component along the basis passes as without the overlay.
  @Test
  void onABasisOnlyItsDirectionsAreSeen() {
    var basis = weights(MAP, new float[] {1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0}, 2, IN);
    try (var lora = BasisLora.of(model, basis, .5);
        var _ = Torch.newScope()) {
      train(lora.weights(), 1);
      float[] b = Memory.toFloats(lora.weights().get(MAP + ".lora_B.weight"));
      float[] given = added(lora, new float[] {3, 9, 5, 9, 9, 9});
      for (int i = 0; i < OUT; i++) {
        assertEquals(.5 * (3 * b[2 * i] + 10 * b[2 * i + 1]), given[i], 1e-5);
      }
      assertArrayEquals(new float[OUT], added(lora, new float[] {0, 1, 0, 2, 3, 4}));
      assertEquals(1, lora.weights().names().size());
    }
  }

  /// In the whole space, coordinates are the matrices themselves.
  @Test
  void inSubspacesTheCoordinatesMakeUpTheMatrices() {
    var outputs = weights(MAP, new float[] {0, 1, 0, 0, 0, 0, 0, 1}, 2, OUT);
    var inputs = weights(MAP, identity(IN), IN, IN);
    try (outputs;
        inputs;
        var lora = SubspaceLora.of(model, outputs, inputs, 3, 2, 1)) {
      assertEquals(2 * 3 + 3 * IN, lora.weights().parameters());
      train(lora.weights(), 4);
      double[][] coordinates = product(lora.weights(), 2);
      assertEquals(2, coordinates.length);
      double[] none = new double[IN];
      assertSame(
          rows(new double[][] {none, coordinates[0], none, coordinates[1]}), added(lora), 1e-6);
    }
  }

  @Test
  void ranksThatAreAllOpenAreTheStack() {
    try (var stack = new LoraStack(Lora.of(model, 2, 3, 1, "q_proj", "down_proj"))) {
      train(stack.weights(), 1);
      train(stack.grow(2).weights(), 2);
      assertArrayEquals(
          logits(stack.on(model)), logits(new GatedRanks(stack, RankGate.OPEN).on(model)));
    }
  }

  /// u = (3, 4, 0) has the scores (.6, .8, 0), and at a temperature of .5 the weights are as
  /// exp(1.2) : exp(1.6) : 1.
  @ParameterizedTest
  @CsvSource({
    "3, 4, 0, 3, -1,   .358036, .534126, .107838",
    "3, 4, 0, 2, -1,   .358036, .534126, 0",
    "3, 4, 0, 1, -1,   0, .534126, 0",
    "3, 4, 0, 3, .7,   0, .534126, 0",
    "3, 4, 0, 3, .9,   0, 0, 0",
    "3, -4, 0, 3, 0,   .734212, 0, .221140",
    "0, 0, 0, 3, 0,    .333333, .333333, .333333"
  })
  void ranksChooseThemselves(
      float u1, float u2, float u3, int top, double threshold, float w1, float w2, float w3) {
    try (var _ = Torch.newScope()) {
      var gate = new SelfActivation(.5, top, threshold);
      var gates = gate.gates(Memory.ofFloats(manager, new float[] {u1, u2, u3}, 1, 1, 3));
      assertArrayEquals(new float[] {w1, w2, w3}, Memory.toFloats(gates), 2e-6f);
    }
  }

  @Test
  void usageIsTheMeanOfTheGates() {
    var usage = new GateUsage();
    assertThrows(IllegalStateException.class, usage::mean);
    try (var _ = Torch.newScope()) {
      usage.gates("a", Memory.ofFloats(manager, new float[] {1, 0, 0, .5f}, 1, 2, 2));
      usage.gates("a", Memory.ofFloats(manager, new float[] {.5f, 1}, 1, 1, 2));
      usage.gates("b", Memory.ofFloats(manager, new float[] {1, 1, 3}, 1, 3));
    }
    assertArrayEquals(new double[] {.5, .5}, usage.mean("a"), 1e-12);
    assertArrayEquals(new double[] {.75, .75, 1.5}, usage.mean(), 1e-12);
    assertThrows(IllegalArgumentException.class, () -> usage.mean("c"));
  }

  @Test
  void theUsageOfRanksIsSeenMapByMap() {
    try (var stack = new LoraStack(Lora.of(model, 2, 3, 1, "q_proj", "down_proj"));
        var _ = Torch.newScope()) {
      stack.grow(2);
      var usage = new GateUsage();
      var ranks = new GatedRanks(stack, new SelfActivation(2)).tapped(usage);
      ranks.on(model).forward(ids());
      assertEquals(2, usage.linearMaps().size());
      double[] mean = usage.mean();
      assertEquals(4, mean.length);
      assertTrue(Arrays.stream(mean).sum() > 0 && Arrays.stream(mean).sum() <= 1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void expertsAddWhatTheirRoutersChoose(int top) {
    try (var experts = LoraExperts.of(model, 3, top, 2, 1.5, 1, "q_proj")) {
      train(experts.weights(), top);
      var weights = experts.weights();
      double[] x = input();
      double[] p = softmax(times(matrix(weights.get(MAP + ".router.weight")), x));
      double[] sorted = Arrays.stream(p).sorted().toArray();
      double least = sorted[3 - top];
      double total = Arrays.stream(p).filter(value -> value >= least).sum();
      double[] u = times(matrix(weights.get(MAP + ".lora_A.weight")), x);
      for (int rank = 0; rank < u.length; rank++) {
        u[rank] *= p[rank / 2] < least ? 0 : 1.5 * p[rank / 2] / total;
      }
      double[] expected = times(matrix(weights.get(MAP + ".lora_B.weight")), u);
      float[] given = added(experts);
      for (int i = 0; i < OUT; i++) {
        assertEquals(expected[i], given[i], 1e-5);
      }
    }
  }

  /// Shares (.75, .25) and (.5, .5) with the loads 1 and .5 give 2 (.625 + .375 / 2).
  @Test
  void anUnevenLoadHasAPriceThatReachesTheRouter() {
    var balance = new LoadBalance();
    assertThrows(IllegalStateException.class, balance::loss);
    try (var _ = Torch.newScope()) {
      var shares = Memory.ofFloats(manager, new float[] {.75f, .25f, .5f, .5f}, 1, 2, 2);
      var gates = Memory.ofFloats(manager, new float[] {1, 0, .5f, .5f}, 1, 2, 2);
      shares.setRequiresGradient(true);
      try (var tape = Torch.gradients()) {
        balance.routed("map", shares, gates);
        balance.routed("other", shares, gates);
        var loss = balance.loss();
        assertEquals(1.625, loss.getFloat(), 1e-6);
        tape.backward(loss);
      }
      // d/dp of 2 * mean(p) * load: the load itself here, for two tokens.
      assertArrayEquals(new float[] {1, .5f, 1, .5f}, Memory.toFloats(shares.getGradient()), 1e-6f);
      assertThrows(IllegalStateException.class, balance::loss);
    }
    try (var experts = LoraExperts.of(model, 4, 2, 1, 1, 1, "q_proj", "down_proj");
        var _ = Torch.newScope()) {
      zero(experts.weights());
      experts.tapped(balance).on(model).forward(ids());
      assertEquals(2, balance.loss().getFloat(), 1e-5, "routers that know nothing share evenly");
    }
  }

  @Test
  void noiseIsOffUnlessAskedFor() {
    try (var experts = LoraExperts.of(model, 3, 1, 2, 1.5, 1, "q_proj", "down_proj")) {
      train(experts.weights(), 2);
      float[] quiet = logits(experts.on(model));
      assertArrayEquals(quiet, logits(experts.on(model)));
      var noisy = experts.noisy(RandomStream.of(1, "noise"), 5);
      float[] first = logits(noisy.on(model));
      assertFalse(Arrays.equals(quiet, first));
      assertFalse(Arrays.equals(first, logits(noisy.on(model))));
      assertArrayEquals(first, logits(experts.noisy(RandomStream.of(1, "noise"), 5).on(model)));
    }
  }

  @Test
  void settingsWithoutAMeaningAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new SelfActivation(0, 1, 0));
    assertThrows(IllegalArgumentException.class, () -> new SelfActivation(1, 0, 0));
    assertThrows(IllegalArgumentException.class, () -> new SelfActivation(1, 1, 2));
    for (int[] wrong : new int[][] {{2, 3, 1}, {2, 0, 1}, {2, 1, 0}}) {
      assertThrows(
          IllegalArgumentException.class,
          () -> LoraExperts.of(model, wrong[0], wrong[1], wrong[2], 1, 1, "q_proj"));
    }
    assertThrows(
        IllegalArgumentException.class, () -> LoraExperts.of(model, 2, 1, 1, 0, 1, "q_proj"));
    try (var basis = weights(MAP, identity(IN), IN, IN);
        var other = weights("model.layers.0.self_attn.v_proj", identity(IN), IN, IN)) {
      assertThrows(
          IllegalArgumentException.class, () -> SubspaceLora.of(model, other, basis, 1, 1, 1));
    }
  }

  private NDArray ids() {
    return Memory.ofInts(manager, new int[] {1, 4, 2, 0, 3}, 1, 5);
  }

  private float[] logits(LanguageModel of) {
    try (var _ = Torch.newScope()) {
      return Memory.toFloats(of.forward(ids()));
    }
  }

  private static double[] input() {
    var random = RandomStream.of(3, "input");
    return random.doubles(IN, -2, 2).toArray();
  }

  /// What an overlay adds for that input.
  private float[] added(Overlay overlay) {
    double[] x = input();
    float[] floats = new float[IN];
    for (int i = 0; i < IN; i++) {
      floats[i] = (float) x[i];
    }
    return added(overlay, floats);
  }

  private float[] added(Overlay overlay, float[] x) {
    try (var _ = Torch.newScope()) {
      var nothing = manager.zeros(new Shape(1, 1, OUT));
      var adapter = overlay.adapters().get(MAP);
      return Memory.toFloats(adapter.apply(Memory.ofFloats(manager, x, 1, 1, IN), nothing));
    }
  }

  /// What that matrix makes of that input.
  private static float[] rows(double[][] matrix) {
    double[] y = times(matrix, input());
    float[] floats = new float[y.length];
    for (int i = 0; i < y.length; i++) {
      floats[i] = (float) y[i];
    }
    return floats;
  }

  private static double[][] product(Weights weights, double scale) {
    double[][] a = matrix(weights.get(MAP + ".lora_A.weight"));
    double[][] b = matrix(weights.get(MAP + ".lora_B.weight"));
    var product = new double[b.length][a[0].length];
    for (int i = 0; i < b.length; i++) {
      for (int k = 0; k < a.length; k++) {
        for (int j = 0; j < a[0].length; j++) {
          product[i][j] += scale * b[i][k] * a[k][j];
        }
      }
    }
    return product;
  }

  private static double[][] sum(double[][] a, double[][] b) {
    var sum = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < a[0].length; j++) {
        sum[i][j] = a[i][j] + b[i][j];
      }
    }
    return sum;
  }

  private static double[] times(double[][] matrix, double[] x) {
    var y = new double[matrix.length];
    for (int i = 0; i < y.length; i++) {
      for (int j = 0; j < x.length; j++) {
        y[i] += matrix[i][j] * x[j];
      }
    }
    return y;
  }

  private static double[] softmax(double[] x) {
    double[] e = Arrays.stream(x).map(Math::exp).toArray();
    double sum = Arrays.stream(e).sum();
    return Arrays.stream(e).map(value -> value / sum).toArray();
  }

  private static double[][] matrix(NDArray array) {
    int columns = (int) array.getShape().get(1);
    float[] values = Memory.toFloats(array);
    var rows = new double[values.length / columns][columns];
    for (int i = 0; i < values.length; i++) {
      rows[i / columns][i % columns] = values[i];
    }
    return rows;
  }

  private Weights weights(String name, float[] values, long... shape) {
    var arrays = new LinkedHashMap<String, NDArray>();
    arrays.put(name, Memory.ofFloats(manager, values, shape));
    return Weights.of(arrays);
  }

  private static float[] identity(int n) {
    float[] values = new float[n * n];
    for (int i = 0; i < n; i++) {
      values[i * (n + 1)] = 1;
    }
    return values;
  }

  private static void train(Weights weights, long seed) {
    weights
        .asMap()
        .forEach((name, weight) ->
            Memory.write(weight, RandomStream.of(seed, name).gaussians((int) weight.size())));
  }

  private static void zero(Weights weights) {
    weights.asMap().values().forEach(w -> Memory.write(w, new float[(int) w.size()]));
  }

  /// Up to a share of the largest.
  private static void assertSame(float[] expected, float[] given, double share) {
    double largest = 1;
    for (float value : expected) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertArrayEquals(expected, given, (float) (share * largest));
  }
}
