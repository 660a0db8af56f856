package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.DataType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;

/// A model's arrays under their Hugging Face names, in order: a state dict.
///
/// The names and their order never change; the arrays are the model's own and a trainer updates
/// them in place. They live outside every [NDScope] until the weights are closed.
public final class Weights implements AutoCloseable {
  private final NDManager manager;
  private final Map<String, NDArray> arrays;

  private Weights(NDManager manager, Map<String, NDArray> arrays) {
    this.manager = manager;
    this.arrays = Collections.unmodifiableMap(arrays);
  }

  /// Takes over the arrays: they leave their manager and the innermost scope of this thread, and
  /// are closed with the weights.
  public static Weights of(Map<String, NDArray> arrays) {
    if (arrays.isEmpty()) {
      throw new IllegalArgumentException("Weights need at least one array, none was given.");
    }
    var manager = Torch.manager();
    arrays.forEach((name, array) -> {
      array.attach(manager);
      NDScope.unregister(array);
    });
    return new Weights(manager, new LinkedHashMap<>(arrays));
  }

  /// The names in order.
  public Set<String> names() {
    return arrays.keySet();
  }

  /// The arrays by name, in order; unmodifiable.
  public Map<String, NDArray> asMap() {
    return arrays;
  }

  /// Whether there is an array of this name.
  public boolean contains(String name) {
    return arrays.containsKey(name);
  }

  /// The array of this name.
  ///
  /// @throws IllegalArgumentException when there is none; it names the most similar one
  public NDArray get(String name) {
    var array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "There is no weight %s among these %d; the most similar is %s."
              .formatted(name, arrays.size(), mostSimilar(name)));
    }
    return array;
  }

  /// How many numbers there are in all.
  public long parameters() {
    return arrays.values().stream().mapToLong(NDArray::size).sum();
  }

  /// How much memory they take.
  public long bytes() {
    return arrays.values().stream()
        .mapToLong(array -> array.size() * array.getDataType().getNumOfBytes())
        .sum();
  }

  /// New weights with each array replaced by a function of its name and itself. They take over what
  /// the function returns; the array itself is copied.
  public Weights map(BiFunction<String, NDArray, NDArray> function) {
    try (var _ = Torch.newScope()) {
      var mapped = new LinkedHashMap<String, NDArray>();
      arrays.forEach((name, array) -> {
        var result = function.apply(name, array);
        mapped.put(name, result == array ? array.duplicate() : result);
      });
      return of(mapped);
    }
  }

  /// New weights with each array and the one of its name in others replaced by a function of the
  /// two, which returns an array of its own, such as `NDArray::sub`. All are float32.
  ///
  /// @throws IllegalArgumentException when an array is in one of the two only, or of two shapes
  public Weights zip(Weights others, BinaryOperator<NDArray> function) {
    expectAlike(others);
    return map((name, array) -> function.apply(array, others.get(name)));
  }

  /// These arrays and those of others under one roof, such as for one trainer: a view that owns
  /// none of them. The names must differ.
  ///
  /// @throws IllegalArgumentException when both have an array of one name
  public Weights and(Weights others) {
    var all = new LinkedHashMap<>(arrays);
    others.arrays.forEach((name, array) -> {
      if (all.put(name, array) != null) {
        throw new IllegalArgumentException(
            "Both have a weight %s: rename one of them before they are put together."
                .formatted(name));
      }
    });
    return new Weights(Torch.manager(), all);
  }

  /// Some of these arrays, such as for a trainer that leaves the others as they are: a view that
  /// owns none of them.
  ///
  /// @throws IllegalArgumentException when none is chosen
  public Weights only(Predicate<String> chosen) {
    var some = new LinkedHashMap<>(arrays);
    some.keySet().removeIf(chosen.negate());
    if (some.isEmpty()) {
      throw new IllegalArgumentException(
          "None of the weights is chosen: name at least one of %s.".formatted(arrays.keySet()));
    }
    return new Weights(Torch.manager(), some);
  }

  /// The same arrays in memory of their own, without gradients.
  public Weights copy() {
    return map((name, array) -> array);
  }

  /// Overwrites each array in place with the one of the same name among others.
  ///
  /// @throws IllegalArgumentException when there is none for one of them, or its shape differs;
  ///   nothing has changed then
  public void overwrite(Weights others) {
    arrays.forEach((name, array) -> {
      var shape = others.get(name).getShape();
      if (!shape.equals(array.getShape())) {
        throw new IllegalArgumentException(
            "The weight %s is %s and cannot be overwritten with %s: both must be of one model."
                .formatted(name, array.getShape(), shape));
      }
    });
    arrays.forEach((name, array) -> Memory.view(array).copyFrom(Memory.view(others.get(name))));
  }

  /// The SHA-256, in hexadecimal, of all names, types, shapes and values in order.
  public String digest() {
    try {
      var digest = MessageDigest.getInstance("SHA-256");
      arrays.forEach((name, array) -> {
        var header = "%s %s %s\n".formatted(name, array.getDataType(), array.getShape());
        digest.update(header.getBytes(StandardCharsets.UTF_8));
        try (var _ = Torch.newScope()) {
          digest.update(Memory.segment(array).asByteBuffer());
        }
      });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }

  /// Frees all arrays.
  @Override
  public void close() {
    manager.close();
  }

  /// Refuses others whose names or shapes differ from these, and what cannot be added.
  void expectAlike(Weights others) {
    var unmatched = new LinkedHashSet<>(names());
    unmatched.addAll(others.names());
    unmatched.removeIf(name -> contains(name) && others.contains(name));
    if (!unmatched.isEmpty()) {
      throw new IllegalArgumentException(
          "%d arrays are in one of the two only, such as %s: choose by Weights.only what both have, without running statistics or inserted blocks."
              .formatted(unmatched.size(), unmatched.getFirst()));
    }
    expectFloats();
    others.expectFloats();
    arrays.forEach((name, array) -> {
      var shape = others.get(name).getShape();
      if (!array.getShape().equals(shape)) {
        throw new IllegalArgumentException(
            "The weight %s is %s in one and %s in the other: both must come from models of one configuration."
                .formatted(name, array.getShape(), shape));
      }
    });
  }

  void expectFloats() {
    arrays.forEach((name, array) -> {
      if (array.getDataType() != DataType.FLOAT32) {
        throw new IllegalArgumentException(
            "The weight %s is %s, and only float32 can be added: leave it out by Weights.only."
                .formatted(name, array.getDataType()));
      }
    });
  }

  private String mostSimilar(String name) {
    return Collections.max(
        arrays.keySet(), Comparator.comparingInt(other -> sharedEnds(name, other)));
  }

  /// The length of the common beginning and the common end of two names.
  private static int sharedEnds(String a, String b) {
    int shorter = Math.min(a.length(), b.length());
    int prefix = 0;
    while (prefix < shorter && a.charAt(prefix) == b.charAt(prefix)) {
      prefix++;
    }
    int suffix = 0;
    while (suffix < shorter - prefix
        && a.charAt(a.length() - 1 - suffix) == b.charAt(b.length() - 1 - suffix)) {
      suffix++;
    }
    return prefix + suffix;
  }
}
