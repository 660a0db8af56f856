package org.recollect.model;

import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A linear classifier on fixed features in closed form, which learns and unlearns samples exactly:
/// ridge regression on one-hot labels (Zhuang et al., "ACIL: Analytic Class-Incremental Learning
/// with Absolute Memorization and Privacy Protection", 2022, arXiv:2205.14922).
///
/// `W = R X'Y`, `R = (X'X + gamma I)^-1`
///
/// of features `X` `[samples][features]` and labels `Y` `[samples][classes]`. Only `W`
/// `[features][classes]` and `R` `[features][features]` are kept. Samples `X_a, Y_a` come in by the
/// upper signs and go out by the lower ones, without any other sample (the Woodbury identity):
///
/// `K = (I ± X_a R X_a')^-1`, `R <- R ∓ R X_a' K X_a R`, `W <- W ± R X_a' (Y_a - X_a W)`
///
/// where the last `R` is the new one. Whatever came and went in whatever order, the head is that of
/// a fit to what is in, but for [#rounding]. For a bias append a constant 1 to each row.
///
/// Mutable, for one thread; owns native memory.
///
/// ```java
/// try (var head = RidgeHead.of(256, 1)) {
///   head.learn(features, labels);
///   head.unlearn(some, theirLabels);
///   int[] guesses = head.predict(others);
/// }
/// ```
///
/// # What is refused
///
/// `W` and `R` are the sums `G = X'X` and `C = X'Y` in another form. That `I - X_a R X_a'` is
/// positive definite is necessary for samples to have been in, but not sufficient: it lets anything
/// pass that is short beside `gamma`. [#unlearn] asks all that the sums can answer, whether some
/// set of samples has those that would be left. One has exactly if
///
/// - the remaining `G` has no negative eigenvalue: those of `R` stay at most `1 / gamma`;
/// - the remaining `C` is in its range: `W` has no part along eigenvectors of `R` with `1 / gamma`.
///
/// For then the rows of a root of `G`, multiplied by a matrix with orthonormal columns and enough
/// rows, are such samples. Both are tested up to rounding, with doubles only. A row outside of the
/// samples' span is found out by this, and so is the wrong label of a sample that the others do not
/// span; a row with `x' G^-1 x` below 1 passes with any known label. Rows that have the sums of
/// others that are in leave the same head as those: no test of a head can ever tell them apart.
/// (That a feature is always 1, or never negative, would say more of the sums; it is not asked.)
public final class RidgeHead implements AutoCloseable {
  private final List<Integer> classes = new ArrayList<>();
  private RidgeSolution solution;

  private RidgeHead(RidgeSolution solution) {
    this.solution = solution;
  }

  /// A head in doubles without classes.
  ///
  /// @param gamma how much weights are shrunk, above 0, in squares of the features' unit: ACIL has
  ///   0.1 or 0.001
  public static RidgeHead of(int features, double gamma) {
    return of(features, gamma, DataType.FLOAT64);
  }

  /// The same in doubles or, to see what rounding does, in floats.
  public static RidgeHead of(int features, double gamma, DataType numbers) {
    boolean known = numbers == DataType.FLOAT64 || numbers == DataType.FLOAT32;
    if (features < 1 || !(gamma > 0 && gamma < Double.POSITIVE_INFINITY) || !known) {
      throw new IllegalArgumentException(
          "A ridge head has 1 or more features, a positive gamma and FLOAT64 or FLOAT32, not %d, %s and %s."
              .formatted(features, gamma, numbers));
    }
    return new RidgeHead(new RidgeSolution(features, gamma, numbers));
  }

  /// A head of its own with the same state.
  public RidgeHead copy() {
    var copy = new RidgeHead(new RidgeSolution(solution));
    copy.classes.addAll(classes);
    return copy;
  }

  public int features() {
    return solution.features();
  }

  public double gamma() {
    return solution.gamma();
  }

  /// The labels that are known, in the order in which they came: that of the columns.
  public List<Integer> classes() {
    return List.copyOf(classes);
  }

  /// A copy of W `[features][classes]`.
  public double[][] weights() {
    return solution.weights();
  }

  /// A copy of R `[features][features]`.
  public double[][] inverse() {
    return solution.inverse();
  }

  /// About how far `R` is from exact, as a share of `1 / gamma`: an estimate by rule of thumb, of
  /// what no state can know. Each update of at most 200 samples adds the rounding unit (2^-53 with
  /// doubles), divided when they are taken out by the square of the least pivot of `K^-1`, which is
  /// near `gamma / |x|^2` for a sample `x` unlike all others.
  public double rounding() {
    return solution.rounding();
  }

  /// What is held in bytes, whatever number of samples was learned.
  public long bytes() {
    return solution.bytes();
  }

  /// Takes samples in; labels that are new get columns after the others.
  ///
  /// @param rows `[samples][features]`, finite
  /// @param labels any numbers `[samples]`
  /// @throws IllegalArgumentException if there is not a label for each row, or rows are not of this
  ///   head's features; nothing is changed then
  public void learn(double[][] rows, int... labels) {
    Features.check(rows, labels, features());
    var known = new ArrayList<>(classes);
    Arrays.stream(labels).distinct().filter(label -> !known.contains(label)).forEach(known::add);
    var next = new RidgeSolution(solution);
    next.widen(known.size() - classes.size());
    if (!next.update(rows, columns(known, labels), true)) {
      next.close();
      throw new IllegalArgumentException(
          "The rows are too large beside gamma %s for %s: scale them to about 1, or raise gamma."
              .formatted(gamma(), solution.type()));
    }
    replace(next);
    known.stream().skip(classes.size()).forEach(classes::add);
  }

  /// Takes samples out, as if they had never been in; their classes stay.
  ///
  /// @param rows the features with which they were learned `[samples][features]`
  /// @param labels the labels with which they were learned `[samples]`
  /// @throws IllegalArgumentException if they cannot have been learned, or as for [#learn]; nothing
  ///   is changed then
  public void unlearn(double[][] rows, int... labels) {
    Features.check(rows, labels, features());
    int[] columns = columns(classes, labels);
    if (rows.length > 0) {
      var next = new RidgeSolution(solution);
      expectSamples(next, next.update(rows, columns, false));
      replace(next);
    }
  }

  /// Takes a class out: the samples that are left of it, if any, and then its column.
  ///
  /// @param rows all samples of the class that were not unlearned before `[samples][features]`
  /// @throws IllegalArgumentException if the class would keep weights beyond rounding (1e-6 with
  ///   doubles, 0.01 with floats) as samples are missing, or as for [#unlearn]; nothing is changed
  public void remove(int label, double[]... rows) {
    Features.check(rows, features());
    var column = new int[rows.length];
    Arrays.fill(column, columns(classes, label)[0]);
    var next = new RidgeSolution(solution);
    expectSamples(next, next.update(rows, column, false));
    remove(next, label);
  }

  /// Takes a class out of whose samples only the sums are left, by inverting anew (inferred). It
  /// costs `features^3` products, where samples cost `samples features^2`.
  ///
  /// @throws IllegalArgumentException as for [#remove(int, double[][])]
  public void remove(ClassSums sums) {
    Features.check(sums.gram(), features());
    int column = columns(classes, sums.label())[0];
    var next = new RidgeSolution(solution);
    expectSamples(next, next.subtract(sums, column));
    remove(next, sums.label());
  }

  /// The values X W, near 1 for a sample's class and 0 for others `[samples][classes]`.
  public double[][] logits(double[][] rows) {
    Features.check(rows, features());
    return solution.logits(rows);
  }

  /// The label of the largest logit of each row; of equals the one that came first.
  public int[] predict(double[][] rows) {
    if (classes.isEmpty()) {
      throw new IllegalStateException("The head knows no classes: let it learn samples first.");
    }
    return Arrays.stream(logits(rows)).mapToInt(row -> classes.get(largest(row))).toArray();
  }

  private static int largest(double[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }

  private static int[] columns(List<Integer> classes, int... labels) {
    return Arrays.stream(labels)
        .map(label -> {
          int column = classes.indexOf(label);
          if (column < 0) {
            throw new IllegalArgumentException(
                "Class %d is not among those learned: %s.".formatted(label, classes));
          }
          return column;
        })
        .toArray();
  }

  private static void expectSamples(RidgeSolution next, boolean definite) {
    boolean tested = next.type() == DataType.FLOAT64; // floats are too coarse to tell
    if (!definite || tested && !next.isOfSamples()) {
      next.close();
      throw new IllegalArgumentException(
          "These samples cannot all have been learned, and nothing was changed: hand in rows and labels exactly as they were learned, each once.");
    }
  }

  private void remove(RidgeSolution next, int label) {
    int column = classes.indexOf(label);
    double left = next.largestWeight(column);
    if (left > (next.type() == DataType.FLOAT64 ? 1e-6 : 1e-2)) {
      next.close();
      throw new IllegalArgumentException(
          "Class %d would keep weights up to %.2g, and nothing was changed: hand in all its samples."
              .formatted(label, left));
    }
    next.remove(column);
    replace(next);
    classes.remove(column);
  }

  private void replace(RidgeSolution next) {
    solution.close();
    solution = next;
  }

  @Override
  public void close() {
    solution.close();
  }
}
