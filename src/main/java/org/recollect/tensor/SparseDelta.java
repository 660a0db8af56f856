package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// A change of few weights (Ansell et al., "Composable Sparse Fine-Tuning for Cross-Lingual
/// Transfer", 2022, arXiv:2110.07560, section 3): the entries of a [WeightDelta] at some places,
/// its support, and zero at all others.
///
/// Two of them from one base, such as a language's and a task's, are composed by [#plus].
/// Immutable, and in Java's memory: nothing is to be closed.
///
/// ```java
/// var chosen = SparseDelta.largest(delta, delta.arrays().parameters() / 100);
/// try (var mask = chosen.mask()) { ... } // tune again from the base, these entries only
/// ```
public final class SparseDelta {
  private static final String SHAPE = ".shape";
  private static final String PLACES = ".places";
  private static final String VALUES = ".values";

  private final SequencedMap<String, SparseEntries> arrays;

  private SparseDelta(SequencedMap<String, SparseEntries> arrays) {
    this.arrays = Collections.unmodifiableSequencedMap(arrays);
    if (size() == 0) {
      throw new IllegalArgumentException(
          "No entry is in the support: choose at least one, such as the largest.");
    }
  }

  /// The entries of largest magnitude over all arrays together: exactly as many as wanted, among
  /// equal ones those that come first.
  ///
  /// @param count 1 to the number of entries. The paper takes 8 % for a task, 4 % for a language
  public static SparseDelta largest(WeightDelta delta, long count) {
    long all = delta.arrays().parameters();
    if (count < 1 || count > all) {
      throw new IllegalArgumentException(
          "%d of %d entries were asked for, expected 1 to %d.".formatted(count, all, all));
    }
    var values = new LinkedHashMap<String, float[]>();
    delta.arrays().asMap().forEach((name, array) -> values.put(name, Memory.toFloats(array)));
    return at(delta, LargestEntries.places(values, count));
  }

  /// The entries where a mask of the same arrays is not 0, such as what tuning under it has
  /// changed.
  ///
  /// @throws IllegalArgumentException when the mask is 0 everywhere
  public static SparseDelta under(Weights mask, WeightDelta delta) {
    mask.expectAlike(delta.arrays());
    var places = new LinkedHashMap<String, int[]>();
    mask.asMap()
        .forEach((name, array) -> {
          float[] chosen = Memory.toFloats(array);
          var at = IntStream.range(0, chosen.length).filter(i -> chosen[i] != 0).toArray();
          places.put(name, at);
        });
    return at(delta, places);
  }

  private static SparseDelta at(WeightDelta delta, Map<String, int[]> places) {
    var arrays = new LinkedHashMap<String, SparseEntries>();
    delta
        .arrays()
        .asMap()
        .forEach((name, array) -> {
          float[] all = Memory.toFloats(array);
          int[] at = places.get(name);
          var values = new float[at.length];
          for (int i = 0; i < at.length; i++) {
            values[i] = all[at[i]];
          }
          arrays.put(name, new SparseEntries(array.getShape(), at, values));
        });
    return new SparseDelta(arrays);
  }

  /// How many entries are in the support.
  public long size() {
    return arrays.values().stream().mapToLong(entries -> entries.at().length).sum();
  }

  /// The share of all entries that are in the support, above 0 to 1.
  public double density() {
    return size() / (double) arrays.values().stream().mapToLong(SparseEntries::all).sum();
  }

  /// The sum of the two: the composition, whose support is the union. Arrays of only one of them
  /// are taken as they are.
  ///
  /// @throws IllegalArgumentException when an array has two shapes
  public SparseDelta plus(SparseDelta other) {
    var sum = new LinkedHashMap<>(arrays);
    other.arrays.forEach((name, entries) -> sum.merge(name, entries, SparseEntries::plus));
    return new SparseDelta(sum);
  }

  /// The Jaccard index of the supports: the size of what they share over that of their union, 0 to
  /// 1.
  public double overlap(SparseDelta other) {
    long union = plus(other).size();
    return (size() + other.size() - union) / (double) union;
  }

  /// New weights `theta_0 + phi`. Arrays of the base without a difference are copied.
  ///
  /// @throws IllegalArgumentException when a difference is of an array that the base lacks, or has
  ///   in another shape
  public Weights addedTo(Weights base) {
    arrays.forEach((name, entries) -> entries.expect(base.get(name).getShape()));
    return base.map((name, array) -> {
      if (!arrays.containsKey(name)) {
        return array;
      }
      float[] sum = Memory.toFloats(array);
      arrays.get(name).addTo(sum);
      return Memory.ofFloats(array.getManager(), sum).reshape(array.getShape());
    });
  }

  /// Arrays with 1 in the support and 0 elsewhere, to multiply gradients and steps with. The caller
  /// closes them.
  public Weights mask() {
    return dense(entries -> {
      var ones = new float[entries.at().length];
      Arrays.fill(ones, 1);
      return ones;
    });
  }

  /// The same with its zeros written out. The caller closes it.
  public WeightDelta dense() {
    return new WeightDelta(dense(SparseEntries::values));
  }

  private Weights dense(Function<SparseEntries, float[]> values) {
    var all = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      arrays.forEach((name, entries) -> {
        var array = new float[Math.toIntExact(entries.all())];
        new SparseEntries(entries.shape(), entries.at(), values.apply(entries)).addTo(array);
        all.put(name, Memory.ofFloats(manager, array).reshape(entries.shape()));
      });
      return Weights.of(all);
    }
  }

  /// Writes a safetensors file with three arrays for each `<name>`: `<name>.shape` and the rising
  /// `<name>.places`, row after row, as I64, and `<name>.values` as F32.
  ///
  /// @throws UncheckedIOException when it cannot be written; nothing is left behind
  public void save(Path file) {
    var stored = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      arrays.forEach((name, entries) -> {
        stored.put(name + SHAPE, Memory.ofLongs(manager, entries.shape().getShape()));
        stored.put(name + PLACES, Memory.ofInts(manager, entries.at()));
        stored.put(name + VALUES, Memory.ofFloats(manager, entries.values()));
      });
      try (var weights = Weights.of(stored)) {
        Safetensors.write(file, weights, Dtype.F32, Map.of());
      }
    }
  }

  /// Reads what [#save] has written.
  ///
  /// @throws IllegalArgumentException when the file is anything else, naming it and what is wrong
  /// @throws UncheckedIOException when it cannot be read
  public static SparseDelta read(Path file) {
    try (var stored = Safetensors.read(file)) {
      return of(stored, file);
    }
  }

  private static SparseDelta of(Weights stored, Path file) {
    try {
      var arrays = new LinkedHashMap<String, SparseEntries>();
      for (String key : stored.names()) {
        if (key.endsWith(SHAPE)) {
          var name = key.substring(0, key.length() - SHAPE.length());
          arrays.put(name, entries(stored, name));
        }
      }
      if (stored.names().size() != 3 * arrays.size()) {
        throw new IllegalArgumentException("It has arrays that belong to none.");
      }
      return new SparseDelta(arrays);
    } catch (IllegalArgumentException | ArithmeticException fault) {
      throw new IllegalArgumentException(
          "%s holds no sparse delta, expected what SparseDelta.save writes: %s"
              .formatted(file, fault.getMessage()),
          fault);
    }
  }

  /// @throws ArithmeticException when a number does not fit
  private static SparseEntries entries(Weights stored, String name) {
    var dimensions = Memory.toLongs(stored.get(name + SHAPE));
    long all = 1;
    for (long dimension : dimensions) {
      all = Math.multiplyExact(all, dimension);
    }
    if (Arrays.stream(dimensions).anyMatch(d -> d < 0) || all > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "The shape of %s is %s.".formatted(name, Arrays.toString(dimensions)));
    }
    return new SparseEntries(
        new Shape(dimensions),
        Arrays.stream(Memory.toLongs(stored.get(name + PLACES)))
            .mapToInt(Math::toIntExact)
            .toArray(),
        Memory.toFloats(stored.get(name + VALUES)));
  }
}
