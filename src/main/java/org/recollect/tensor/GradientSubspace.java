package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;

/// The directions of a few reference gradients, such as those of tasks that must not get worse, as
/// an orthonormal basis `u_1 ... u_m`. What is learned is kept off them by
///
/// `g <- g - sum_j <g, u_j> u_j`
///
/// (A-GEM, Chaudhry et al., "Efficient Lifelong Learning with A-GEM", 2019, arXiv:1812.00420,
/// equation 11, with one reference; OGPSA, "Safety Alignment as Continual Learning", 2026, with
/// several). Immutable, and in Java's memory: nothing is to be closed.
///
/// ```java
/// var protectedOnes = GradientSubspace.whole(List.of(LossGradient.of(weights, general)));
/// protectedOnes.remove(steps); // after Adam: it would turn a projected gradient back
/// ```
public final class GradientSubspace {
  private static final double DEPENDENT = 1e-6;

  private final Map<String, Integer> sizes;
  private final List<Block> blocks;

  private GradientSubspace(Map<String, Integer> sizes, List<Block> blocks) {
    this.sizes = sizes;
    this.blocks = List.copyOf(blocks);
  }

  /// One basis for all arrays, taken as one vector: the formulation of both papers.
  ///
  /// @param gradients each by array, all with the same; one that depends on those before it, up to
  ///   1e-6 of its length, adds no direction
  public static GradientSubspace whole(List<? extends Map<String, float[]>> gradients) {
    var sizes = sizes(gradients);
    return new GradientSubspace(sizes, List.of(Block.of(List.copyOf(sizes.keySet()), gradients)));
  }

  /// One basis for each array by itself, as the released code of OGPSA has it.
  ///
  /// @param gradients each by array, all with the same; where one depends on those before it, up to
  ///   1e-6 of its length, it adds no direction
  public static GradientSubspace eachArray(List<? extends Map<String, float[]>> gradients) {
    var sizes = sizes(gradients);
    return new GradientSubspace(
        sizes, sizes.keySet().stream().map(name -> Block.of(List.of(name), gradients)).toList());
  }

  /// Gradients as Java arrays, row after row.
  public static Map<String, float[]> values(Map<String, NDArray> gradients) {
    var values = new LinkedHashMap<String, float[]>();
    gradients.forEach((name, array) -> values.put(name, Memory.toFloats(array)));
    return values;
  }

  /// How many directions there are: with one basis for each array, the most that any has.
  public int rank() {
    return blocks.stream().mapToInt(block -> block.directions.size()).max().orElseThrow();
  }

  /// The inner products of vectors with the directions, `[basis][direction]`: one basis, or one for
  /// each array in order.
  ///
  /// @param vectors the arrays of the gradients, in any order
  public double[][] dots(Map<String, NDArray> vectors) {
    expect(vectors);
    return blocks.stream().map(block -> block.dots(block.flat(vectors))).toArray(double[][]::new);
  }

  /// Removes the parts along the directions, in place.
  ///
  /// @param vectors the arrays of the gradients, in any order; contiguous
  public void remove(Map<String, NDArray> vectors) {
    remove(vectors, dot -> true);
  }

  /// Removes the parts along some directions, in place: those with a negative inner product in
  /// A-GEM.
  ///
  /// @param when says so of an inner product with a direction
  public void remove(Map<String, NDArray> vectors, DoublePredicate when) {
    expect(vectors);
    for (var block : blocks) {
      float[][] flat = block.flat(vectors);
      double[] dots = block.dots(flat);
      for (int j = 0; j < dots.length; j++) {
        if (when.test(dots[j])) {
          subtract(flat, dots[j], block.directions.get(j));
        }
      }
      for (int i = 0; i < flat.length; i++) {
        Memory.write(vectors.get(block.names.get(i)), flat[i]);
      }
    }
  }

  /// How much of a displacement lies along the directions, `|P d| / |d|`: from 0, where they were
  /// left alone, to 1. No displacement leaks 0.
  ///
  /// @param displacement the arrays of the gradients, in any order
  public double leak(Map<String, NDArray> displacement) {
    expect(displacement);
    double along = 0;
    double all = 0;
    for (var block : blocks) {
      float[][] flat = block.flat(displacement);
      all += dot(flat, flat);
      for (double dot : block.dots(flat)) {
        along += dot * dot;
      }
    }
    return all == 0 ? 0 : Math.sqrt(along / all);
  }

  /// Arrays that are taken as one vector, and the orthonormal directions in them.
  ///
  /// @param directions each `[array][place]`
  private record Block(List<String> names, List<float[][]> directions) {

    /// Gram and Schmidt's method, each direction freed twice of those before it, so that rounding
    /// leaves nothing of them.
    static Block of(List<String> names, List<? extends Map<String, float[]>> gradients) {
      var block = new Block(names, new ArrayList<>());
      for (var gradient : gradients) {
        var direction =
            names.stream().map(name -> gradient.get(name).clone()).toArray(float[][]::new);
        if (normalised(direction, 0)) {
          block.directions.forEach(u -> subtract(direction, dot(direction, u), u));
          if (normalised(direction, DEPENDENT)) {
            block.directions.forEach(u -> subtract(direction, dot(direction, u), u));
            normalised(direction, 0);
            block.directions.add(direction);
          }
        }
      }
      return block;
    }

    float[][] flat(Map<String, NDArray> vectors) {
      return names.stream().map(name -> Memory.toFloats(vectors.get(name))).toArray(float[][]::new);
    }

    double[] dots(float[][] vector) {
      return directions.stream().mapToDouble(u -> dot(vector, u)).toArray();
    }
  }

  /// How long each array is.
  private static Map<String, Integer> sizes(List<? extends Map<String, float[]>> gradients) {
    if (gradients.isEmpty() || gradients.getFirst().isEmpty()) {
      throw new IllegalArgumentException(
          "There is no direction: give at least one gradient in at least one array.");
    }
    var all = gradients.stream().map(GradientSubspace::sizes).toList();
    all.forEach(sizes -> expectAlike(all.getFirst(), sizes));
    return all.getFirst();
  }

  private static Map<String, Integer> sizes(Map<String, float[]> gradient) {
    var sizes = new LinkedHashMap<String, Integer>();
    gradient.forEach((name, values) -> sizes.put(name, values.length));
    return sizes;
  }

  private void expect(Map<String, NDArray> vectors) {
    var given = new LinkedHashMap<String, Integer>();
    vectors.forEach((name, array) -> given.put(name, Math.toIntExact(array.size())));
    expectAlike(sizes, given);
  }

  private static void expectAlike(Map<String, Integer> expected, Map<String, Integer> given) {
    if (!expected.equals(given)) {
      throw new IllegalArgumentException(
          "The arrays and their sizes are %s, expected those of the first gradient, %s."
              .formatted(given, expected));
    }
  }

  /// Scales a vector to length 1, unless it is at most as long as what counts as nothing.
  private static boolean normalised(float[][] vector, double nothing) {
    double length = Math.sqrt(dot(vector, vector));
    if (!Double.isFinite(length)) {
      throw new IllegalArgumentException(
          "A reference gradient is not finite: take it before the model has diverged.");
    }
    if (length <= nothing) {
      return false;
    }
    for (float[] array : vector) {
      for (int i = 0; i < array.length; i++) {
        array[i] = (float) (array[i] / length);
      }
    }
    return true;
  }

  private static double dot(float[][] a, float[][] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += InnerProduct.of(a[i], b[i]);
    }
    return sum;
  }

  private static void subtract(float[][] from, double factor, float[][] direction) {
    for (int array = 0; array < from.length; array++) {
      float[] x = from[array];
      float[] u = direction[array];
      for (int i = 0; i < x.length; i++) {
        x[i] -= (float) (factor * u[i]);
      }
    }
  }
}
