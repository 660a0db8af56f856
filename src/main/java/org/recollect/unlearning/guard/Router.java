package org.recollect.unlearning.guard;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Checkpoints;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// Tells prompts about what is to be forgotten from others:
///
/// `p(x) = sigmoid(w2' LayerNorm(ReLU(W1 x + b1)) + b2)`
///
/// of the state `x` of a prompt, with 128 hidden units. It learns by binary cross-entropy in
/// batches that have as many states of one kind as of the other, so that the rarer kind counts as
/// much (the order of ReLU and LayerNorm and the recipe are inferred: AdamW at 3e-3 along a cosine,
/// 1000 steps of 32 and 32).
final class Router {
  private static final int HIDDEN = 128;
  private static final int STEPS = 1000;
  private static final int ROWS = 32;
  private static final double RATE = 3e-3;
  private static final double EPSILON = 1e-5;

  private final int width;
  private final Map<String, float[]> values;

  private Router(int width, Map<String, float[]> values) {
    this.width = width;
    this.values = values;
  }

  /// A router that has learned; of an earlier call, if the cache has it.
  ///
  /// @param routed states of prompts to be routed, at least one `[width]`
  /// @param others states of other prompts, at least one `[width]`
  static Router learn(List<double[]> routed, List<double[]> others, long seed) {
    if (routed.isEmpty() || others.isEmpty()) {
      throw new IllegalArgumentException(
          "A router learns from prompts of both kinds, but got %d to route and %d others: give at least one of each."
              .formatted(routed.size(), others.size()));
    }
    int width = routed.getFirst().length;
    var router = new Router(width, new LinkedHashMap<>());
    // Most arms of a study ask for the same one.
    try (var weights =
        Checkpoints.cached()
            .get(
                () -> trained(routed, others, seed),
                "router",
                numbers(routed),
                numbers(others),
                seed)) {
      weights.asMap().forEach((name, array) -> router.values.put(name, Memory.toFloats(array)));
    }
    return router;
  }

  private static List<List<Double>> numbers(List<double[]> states) {
    return states.stream().map(state -> Arrays.stream(state).boxed().toList()).toList();
  }

  private static Weights trained(List<double[]> routed, List<double[]> others, long seed) {
    var random = RandomStream.of(seed, "router");
    var beginner = beginner(routed.getFirst().length, random.split("weights"));
    try (var manager = Torch.manager()) {
      var weights = beginner.weights(manager);
      try (var trainer =
          new Trainer(
              weights,
              new AdamW(0.9, 0.999, 1e-8, 0.01),
              new Schedule.Cosine(RATE, 0, STEPS, 0),
              1)) {
        for (int step = 0; step < STEPS; step++) {
          var draws = random.split("batch", step);
          double[][] batch = new double[2 * ROWS][];
          for (int row = 0; row < ROWS; row++) {
            batch[row] = draws.pick(routed);
            batch[ROWS + row] = draws.pick(others);
          }
          trainer.step(() -> loss(weights, batch));
        }
      }
      return weights;
    }
  }

  /// The probability that a prompt is about what is to be forgotten, 0 to 1.
  ///
  /// @param state of the prompt `[width]`
  double score(double... state) {
    try (var _ = Torch.newScope();
        var manager = Torch.manager();
        var weights = weights(manager)) {
      return Ops.sigmoid(logits(weights, new double[][] {state})).getFloat();
    }
  }

  /// The first half of the batch is to be routed. The loss of a logit `z` is that of the softmax of
  /// `z` and 0.
  private static NDArray loss(Weights weights, double[][] batch) {
    var logits = logits(weights, batch);
    var manager = logits.getManager();
    long[] targets = new long[batch.length];
    Arrays.fill(targets, targets.length / 2, targets.length, 1);
    var pairs = NDArrays.concat(new NDList(logits, manager.zeros(logits.getShape())), 1);
    return Ops.crossEntropy(pairs, Memory.ofLongs(manager, targets));
  }

  /// `[rows][1]`
  private static NDArray logits(Weights weights, double[][] batch) {
    int width = batch[0].length;
    float[] rows = new float[batch.length * width];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = (float) batch[i / width][i % width];
    }
    var x = Memory.ofFloats(weights.get("in").getManager(), rows, batch.length, width);
    var hidden = Ops.relu(Ops.linear(x, weights.get("in")).add(weights.get("in bias")));
    var normed = Ops.layerNorm(hidden, weights.get("norm"), weights.get("norm bias"), EPSILON);
    return Ops.linear(normed, weights.get("out")).add(weights.get("out bias"));
  }

  private static Router beginner(int width, RandomStream random) {
    var values = new LinkedHashMap<String, float[]>();
    values.put("in", gaussians(random.split("in"), HIDDEN * width, Math.sqrt(2.0 / width)));
    values.put("in bias", new float[HIDDEN]);
    values.put("norm", new float[HIDDEN]);
    Arrays.fill(values.get("norm"), 1);
    values.put("norm bias", new float[HIDDEN]);
    values.put("out", gaussians(random.split("out"), HIDDEN, Math.sqrt(1.0 / HIDDEN)));
    values.put("out bias", new float[1]);
    return new Router(width, values);
  }

  private static float[] gaussians(RandomStream random, int count, double deviation) {
    float[] values = random.gaussians(count);
    for (int i = 0; i < count; i++) {
      values[i] *= (float) deviation;
    }
    return values;
  }

  private Weights weights(NDManager manager) {
    var arrays = new LinkedHashMap<String, NDArray>();
    values.forEach((name, array) -> arrays.put(name, Memory.ofFloats(manager, array, shape(name))));
    return Weights.of(arrays);
  }

  private long[] shape(String name) {
    return switch (name) {
      case "in" -> new long[] {HIDDEN, width};
      case "out" -> new long[] {1, HIDDEN};
      case "out bias" -> new long[] {1};
      default -> new long[] {HIDDEN};
    };
  }
}
