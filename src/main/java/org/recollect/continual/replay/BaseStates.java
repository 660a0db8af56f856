package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import org.recollect.continual.Snapshot;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// What a base makes of each prediction of a few samples, read once and kept in Java's own memory
/// while the model goes on learning: what its head is given, or its logits. Immutable.
public final class BaseStates {
  private final SequencedMap<Integer, float[]> states;
  private final int width;
  private final double[] mean;
  private final double[] deviation;

  private BaseStates(SequencedMap<Integer, float[]> states, int width) {
    this.states = states;
    this.width = width;
    this.mean = means((_, value) -> value);
    this.deviation =
        Arrays.stream(means((unit, value) -> (value - mean[unit]) * (value - mean[unit])))
            .map(Math::sqrt)
            .toArray();
  }

  /// Reads samples one by one, without padding or gradients.
  ///
  /// @param samples at least one, told apart by their indices
  /// @param read what is kept of a sample `[predictions][width]`, such as
  ///   [org.recollect.continual.Trainee#features]
  public static BaseStates of(List<Lesson> samples, Function<List<Lesson>, NDArray> read) {
    var states = new LinkedHashMap<Integer, float[]>();
    int width = 0;
    try (var _ = Torch.withoutGradients()) {
      for (Lesson sample : samples) {
        try (var _ = Torch.newScope()) {
          var state = read.apply(List.of(sample));
          width = Math.toIntExact(state.getShape().get(1));
          states.put(sample.index(), Memory.toFloats(state));
        }
      }
    }
    return new BaseStates(states, width);
  }

  /// Numbers for each prediction.
  public int width() {
    return width;
  }

  /// The states of some of the samples, one after another.
  ///
  /// @return `[predictions][width]`, row after row
  public float[] values(List<Lesson> samples) {
    var parts = samples.stream().map(sample -> states.get(sample.index())).toList();
    var all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int at = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  /// The same as an array, `[predictions][width]`.
  public NDArray array(NDManager manager, List<Lesson> samples) {
    float[] values = values(samples);
    return Memory.ofFloats(manager, values, values.length / width, width);
  }

  /// The mean of each unit over all predictions of all samples `[width]`.
  public double[] mean() {
    return mean.clone();
  }

  /// The standard deviation of each unit over them `[width]`, that of the population.
  public double[] deviation() {
    return deviation.clone();
  }

  private interface OfEntry {
    double of(int unit, double value);
  }

  private double[] means(OfEntry value) {
    var sums = new double[width];
    for (float[] state : states.values()) {
      for (int i = 0; i < state.length; i++) {
        sums[i % width] += value.of(i % width, state[i]);
      }
    }
    double predictions = (double) entries() / width;
    return Arrays.stream(sums).map(sum -> sum / predictions).toArray();
  }

  /// The same values of each unit, dealt anew over all predictions of all samples: a control whose
  /// units have the same mean and deviation, and say nothing about their samples.
  public BaseStates shuffled(RandomStream random) {
    float[] all = new float[Math.toIntExact(entries())];
    int predictions = all.length / width;
    int at = 0;
    for (float[] state : states.values()) {
      System.arraycopy(state, 0, all, at, state.length);
      at += state.length;
    }
    float[] dealt = new float[all.length];
    for (int unit = 0; unit < width; unit++) {
      int[] order = random.split("unit", unit).indices(predictions, predictions);
      for (int row = 0; row < predictions; row++) {
        dealt[row * width + unit] = all[order[row] * width + unit];
      }
    }
    var shuffled = new LinkedHashMap<Integer, float[]>();
    int from = 0;
    for (var entry : states.entrySet()) {
      int to = from + entry.getValue().length;
      shuffled.put(entry.getKey(), Arrays.copyOfRange(dealt, from, to));
      from = to;
    }
    return new BaseStates(shuffled, width);
  }

  private long entries() {
    return states.values().stream().mapToLong(state -> state.length).sum();
  }

  /// What is held: four bytes for each number.
  public long bytes() {
    return Float.BYTES * entries();
  }

  /// Writes all of it down.
  public void save(Snapshot to) {
    try (var manager = Torch.manager();
        var all = Weights.of(arrays(manager))) {
      to.put("states", all);
    }
  }

  private Map<String, NDArray> arrays(NDManager manager) {
    var arrays = new LinkedHashMap<String, NDArray>();
    states.forEach((index, state) ->
        arrays.put(
            Integer.toString(index), Memory.ofFloats(manager, state, state.length / width, width)));
    return arrays;
  }

  /// Takes up what [#save] wrote.
  public static BaseStates load(Snapshot from) {
    var states = new LinkedHashMap<Integer, float[]>();
    try (var all = from.weights("states")) {
      all.asMap()
          .forEach((index, state) -> states.put(Integer.valueOf(index), Memory.toFloats(state)));
      var first = all.asMap().values().iterator().next();
      return new BaseStates(states, Math.toIntExact(first.getShape().get(1)));
    }
  }
}
