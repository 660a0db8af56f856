package org.recollect.unlearning.analytic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.recollect.model.ClassSums;
import org.recollect.model.RidgeHead;

/// ACU (Tang et al., "ACU: Analytic Continual Unlearning for Efficient and Exact Forgetting with
/// Privacy Preservation", 2025, arXiv:2505.12239): a classifier that serves one request to forget
/// after another exactly, without data to retain, without gradients, and at a cost that does not
/// grow with the requests.
///
/// A backbone is fixed, its outputs are expanded at random, `x = ReLU(B phi(image))` (see
/// [org.recollect.model.RandomFeatures]), and only a ridge classifier on them is learned:
///
/// `W = R X'Y`, `R = (X'X + gamma I)^-1`
///
/// with `X` `[samples][features]`, one-hot `Y` `[samples][classes]`, `W` `[features][classes]` and
/// `R` `[features][features]`, of which `W` and `R` are kept. A request brings the features and
/// labels of the samples to forget, `X_u` and `Y_u` (inferred: that it brings them):
///
/// `K = (I - X_u R X_u')^-1`, `R <- R + R X_u' K X_u R`, `W <- W - R X_u' (Y_u - X_u W)`
///
/// with the new `R` in the last. These are the unique update to the fit of what is left (inferred:
/// not compared with the equations of the paper), at most 200 samples at a time. A request for a
/// class forgets all its samples, which turns its column to 0, and then drops the column. Where its
/// samples are gone, their `X_c' X_c` and column sums may have been kept from the start
/// ([#keepingSums]): they are subtracted, and `R` is inverted anew (inferred). Kept sums are as
/// large as `R` for each class, and tell more of it than `W` and `R` do.
///
/// What cannot have been learned is refused ([RidgeHead] says what can be told), and nothing is
/// changed. The paper's gamma is not known here. How far the head is from the refit only the refit
/// can tell; a [Request] has what is known without it.
///
/// Mutable; owns its head.
public final class Acu implements AutoCloseable {
  private final RidgeHead head;
  private final boolean keepsSums;
  private final Map<Integer, ClassSums> sums = new TreeMap<>();
  private final List<Request> requests = new ArrayList<>();

  private Acu(RidgeHead head, boolean keepsSums) {
    this.head = head;
    this.keepsSums = keepsSums;
  }

  /// A served request.
  ///
  /// @param samples that were forgotten
  /// @param change the largest change of a weight of a class that is still there: 0 if the samples
  ///   had left no trace
  /// @param rounding the estimate of [RidgeHead#rounding] after it; ideally near 1e-16
  public record Request(int samples, double change, double rounding) {}

  /// The method on a head, which it closes at the end.
  public static Acu on(RidgeHead head) {
    return new Acu(head, false);
  }

  /// The method on a head that has learned nothing yet, keeping each class's sums so that it can be
  /// forgotten when its samples are gone.
  ///
  /// @throws IllegalArgumentException if the head has learned before
  public static Acu keepingSums(RidgeHead head) {
    if (!head.classes().isEmpty()) {
      throw new IllegalArgumentException(
          "The head has learned classes %s whose sums were not kept: start with a new one."
              .formatted(head.classes()));
    }
    return new Acu(head, true);
  }

  /// The head as it is now.
  public RidgeHead head() {
    return head;
  }

  /// The requests served, in order.
  public List<Request> requests() {
    return List.copyOf(requests);
  }

  /// Learns samples; see [RidgeHead#learn].
  public void learn(double[][] rows, int... labels) {
    head.learn(rows, labels);
    sumsOf(rows, labels).forEach((label, some) -> sums.merge(label, some, ClassSums::plus));
  }

  /// Serves a request for samples; see [RidgeHead#unlearn].
  public Request forget(double[][] rows, int... labels) {
    return serve(
        rows.length,
        () -> {
          head.unlearn(rows, labels);
          sumsOf(rows, labels).forEach((label, some) -> sums.merge(label, some, ClassSums::minus));
        });
  }

  /// Serves a request for a class by its samples; see [RidgeHead#remove(int, double[][])].
  ///
  /// @param rows all that are still in `[samples][features]`
  public Request forgetClass(int label, double[][] rows) {
    return serve(
        rows.length,
        () -> {
          head.remove(label, rows);
          sums.remove(label);
        });
  }

  /// Serves a request for a class by its sums.
  ///
  /// @throws IllegalArgumentException if none were kept
  public Request forgetClass(int label) {
    var all = sums.get(label);
    if (all == null) {
      throw new IllegalArgumentException(
          "There are no sums of class %d: learn it by Acu.keepingSums, or hand in its samples."
              .formatted(label));
    }
    return serve(
        all.samples(),
        () -> {
          head.remove(all);
          sums.remove(label);
        });
  }

  private Map<Integer, ClassSums> sumsOf(double[][] rows, int... labels) {
    var parts = new TreeMap<Integer, ClassSums>();
    if (keepsSums) {
      for (int label : Arrays.stream(labels).distinct().toArray()) {
        var own = new ArrayList<double[]>();
        for (int i = 0; i < rows.length; i++) {
          if (labels[i] == label) {
            own.add(rows[i]);
          }
        }
        parts.put(label, ClassSums.of(label, own.toArray(double[][]::new)));
      }
    }
    return parts;
  }

  private Request serve(int samples, Runnable change) {
    var classes = head.classes();
    double[][] before = head.weights();
    change.run();
    double[][] after = head.weights();
    double largest = 0;
    for (int column = 0; column < head.classes().size(); column++) {
      int former = classes.indexOf(head.classes().get(column));
      for (int row = 0; row < after.length; row++) {
        largest = Math.max(largest, Math.abs(after[row][column] - before[row][former]));
      }
    }
    var request = new Request(samples, largest, head.rounding());
    requests.add(request);
    return request;
  }

  @Override
  public void close() {
    head.close();
  }
}
