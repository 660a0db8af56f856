package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Weights;

/// What is needed to go on with a course: arrays and numbers by name, in one file. Mutable; owns
/// copies of what is put in.
public final class Snapshot implements AutoCloseable {
  private static final String SEPARATOR = " / ";

  private final Map<String, Weights> weights;
  private final Map<String, String> numbers;
  private final String prefix;

  Snapshot() {
    this(new LinkedHashMap<>(), new LinkedHashMap<>(), "");
  }

  private Snapshot(Map<String, Weights> weights, Map<String, String> numbers, String prefix) {
    this.weights = weights;
    this.numbers = numbers;
    this.prefix = prefix;
  }

  /// A part of this snapshot whose names cannot clash with those of other parts.
  public Snapshot within(String part) {
    return new Snapshot(weights, numbers, prefix + part + SEPARATOR);
  }

  /// Copies arrays in.
  public void put(String name, Weights arrays) {
    weights.put(prefix + name, arrays.copy());
  }

  /// Copies numbers in.
  public void put(String name, double... values) {
    numbers.put(
        prefix + name,
        Arrays.stream(values).mapToObj(Double::toString).collect(Collectors.joining(" ")));
  }

  /// Whether there is something of this name.
  public boolean has(String name) {
    return weights.containsKey(prefix + name) || numbers.containsKey(prefix + name);
  }

  /// A copy of arrays; the caller closes it.
  ///
  /// @throws IllegalArgumentException if there are none of this name
  public Weights weights(String name) {
    return known(weights, name).copy();
  }

  /// Numbers, bit by bit as they were put in.
  ///
  /// @throws IllegalArgumentException if there are none of this name
  public double[] numbers(String name) {
    String text = known(numbers, name);
    return text.isEmpty()
        ? new double[0]
        : Arrays.stream(text.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private <T> T known(Map<String, T> values, String name) {
    var value = values.get(prefix + name);
    if (value == null) {
      throw new IllegalArgumentException(
          "The snapshot has no '%s': it was written by another strategy; delete it and begin anew."
              .formatted(prefix + name));
    }
    return value;
  }

  /// Writes all of it into one safetensors file, which appears when it is complete.
  void write(Path file) {
    var arrays = new LinkedHashMap<String, NDArray>();
    weights.forEach((name, some) ->
        some.asMap()
            .forEach((array, values) -> arrays.put(name + "\t" + array, values.duplicate())));
    try (var all = Weights.of(arrays)) {
      Safetensors.write(file, all, Dtype.F32, numbers);
    }
  }

  /// Reads what [#write] wrote.
  ///
  /// @throws IllegalArgumentException if the file is malformed
  static Snapshot read(Path file) {
    var snapshot = new Snapshot();
    snapshot.numbers.putAll(Safetensors.metadata(file));
    try (var all = Safetensors.read(file)) {
      var groups = new LinkedHashMap<String, Map<String, NDArray>>();
      all.asMap()
          .forEach((name, array) -> {
            var parts = name.split("\t", 2);
            groups
                .computeIfAbsent(parts[0], _ -> new LinkedHashMap<>())
                .put(parts[1], array.duplicate());
          });
      groups.forEach((name, arrays) -> snapshot.weights.put(name, Weights.of(arrays)));
    }
    return snapshot;
  }

  @Override
  public void close() {
    weights.values().forEach(Weights::close);
  }
}
