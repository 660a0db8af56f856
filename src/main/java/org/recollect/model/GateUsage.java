package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.recollect.tensor.Memory;

/// How much each part of an overlay with gates counted, mean over all inputs it has seen: one row
/// of a heat map of tasks by the ranks or experts that they use. Mutable.
///
/// ```java
/// var usage = new GateUsage();
/// ranks.tapped(usage).on(model).forward(tokens);
/// usage.mean();   // [ranks]
/// ```
public final class GateUsage implements GateTap {
  private final Map<String, Sum> sums = new LinkedHashMap<>();

  /// @param total of the gates by part
  /// @param inputs how many were seen
  private record Sum(double[] total, long inputs) {

    Sum plus(float[] gates, int parts) {
      // Parts that came later counted for nothing before.
      double[] larger = Arrays.copyOf(total, Math.max(total.length, parts));
      for (int i = 0; i < gates.length; i++) {
        larger[i % parts] += gates[i];
      }
      return new Sum(larger, inputs + gates.length / parts);
    }
  }

  @Override
  public void gates(String linearMap, NDArray gates) {
    int parts = Math.toIntExact(gates.getShape().getLastDimension());
    var before = sums.getOrDefault(linearMap, new Sum(new double[0], 0));
    sums.put(linearMap, before.plus(Memory.toFloats(gates), parts));
  }

  /// The linear maps that were used, in the order of their first use.
  public Set<String> linearMaps() {
    return sums.keySet();
  }

  /// The mean gate of each part of a linear map, `[parts]`.
  ///
  /// @throws IllegalArgumentException if that map was not used
  public double[] mean(String linearMap) {
    var sum = sums.get(linearMap);
    if (sum == null) {
      throw new IllegalArgumentException(
          "No gates of '%s' were seen, but of %s: run a model with the tapped overlay first."
              .formatted(linearMap, sums.keySet()));
    }
    return Arrays.stream(sum.total).map(total -> total / sum.inputs).toArray();
  }

  /// The mean over all linear maps, `[parts]`.
  ///
  /// @throws IllegalStateException if none was used
  public double[] mean() {
    if (sums.isEmpty()) {
      throw new IllegalStateException(
          "No gates were seen yet: run a model with the tapped overlay first.");
    }
    int parts = sums.values().stream().mapToInt(sum -> sum.total.length).max().orElseThrow();
    double[] mean = new double[parts];
    for (String map : sums.keySet()) {
      double[] of = mean(map);
      for (int i = 0; i < of.length; i++) {
        mean[i] += of[i] / sums.size();
      }
    }
    return mean;
  }
}
