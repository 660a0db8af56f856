package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.DoubleStream;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.train.LossGradient;

/// Gradient episodic memory (Lopez-Paz and Ranzato, "Gradient Episodic Memory for Continual
/// Learning", 2017, arXiv:1706.08840, equations 8 to 11): a step along the gradient `g` must raise
/// the loss on no earlier task's memory, whose gradients are the rows of `G`. Where it would, `g`
/// gives way to
///
/// `g + G' v`, `v = argmin 1/2 v' (G G' + 1e-3 I) v + (G g)' v` subject to `v >= margin`,
///
/// the nearest gradient that lowers the loss on all of them for a margin of 0, but for the ridge,
/// which is the authors' code's. The optimiser then rescales the entries, so that under Adam the
/// step may raise a loss all the same.
///
/// Each task leaves `size` lessons, drawn at random; every step reads all of them, so that the
/// hundredth task is the dearer.
///
/// @param size lessons in memory for each task
/// @param margin at least 0; 0.5 in the authors' code
public record Gem(int size, double margin) implements Strategy {
  private static final double RIDGE = 1e-3;

  public Gem {
    if (size < 1 || !(margin >= 0)) {
      throw new IllegalArgumentException(
          "GEM keeps at least one lesson of each task, and has a margin of at least 0; got %d and %s."
              .formatted(size, margin));
    }
  }

  /// With a margin of 0.5.
  public Gem(int size) {
    this(size, 0.5);
  }

  @Override
  public String name() {
    return "GEM";
  }

  @Override
  public Hooks begin(Start start) {
    return new Hooks() {
      private final List<List<Lesson>> memories = new ArrayList<>();
      private final List<Map<String, float[]>> old = new ArrayList<>();

      @Override
      public List<Lesson> beforeStep(List<Lesson> drawn) {
        var trainee = start.trainee();
        old.clear();
        for (var memory : memories) {
          old.add(LossGradient.of(trainee.trainable(), List.of(() -> trainee.loss(memory))));
        }
        return drawn;
      }

      @Override
      public void gradient(Map<String, NDArray> gradients) {
        if (!old.isEmpty()) {
          var own = new LinkedHashMap<String, float[]>();
          gradients.forEach((name, array) -> own.put(name, Memory.toFloats(array)));
          var turned = turned(own, old, margin);
          gradients.forEach((name, array) -> Memory.write(array, turned.get(name)));
        }
      }

      @Override
      public void afterTask(Experience task) {
        var some = start.random("episodic memory").split(task.index()).shuffle(task.lessons());
        memories.add(some.subList(0, Math.min(size, some.size())));
      }

      @Override
      public void save(Snapshot to) {
        for (int i = 0; i < memories.size(); i++) {
          to.put(
              "memory " + i,
              memories.get(i).stream()
                  .flatMapToDouble(lesson -> DoubleStream.of(lesson.task(), lesson.index()))
                  .toArray());
        }
      }

      @Override
      public void load(Snapshot from) {
        for (int i = 0; from.has("memory " + i); i++) {
          double[] places = from.numbers("memory " + i);
          var memory = new ArrayList<Lesson>();
          for (int at = 0; at < places.length; at += 2) {
            memory.add(start.stream().lesson((int) places[at], (int) places[at + 1]));
          }
          memories.add(List.copyOf(memory));
        }
      }
    };
  }

  /// The gradient as it is where it agrees with all others, and turned where it does not.
  static Map<String, float[]> turned(
      Map<String, float[]> own, List<Map<String, float[]>> old, double margin) {
    double[] along = old.stream().mapToDouble(each -> LossGradient.dot(each, own)).toArray();
    if (DoubleStream.of(along).allMatch(agreement -> agreement >= 0)) {
      return own;
    }
    var products = new double[old.size()][old.size()];
    for (int i = 0; i < old.size(); i++) {
      for (int j = 0; j < old.size(); j++) {
        products[i][j] = LossGradient.dot(old.get(i), old.get(j)) + (i == j ? RIDGE : 0);
      }
    }
    double[] v = new NonNegativeProgram(products, along, margin).solution();
    var turned = new LinkedHashMap<String, float[]>();
    own.forEach((name, gradient) -> {
      float[] sum = gradient.clone();
      for (int task = 0; task < v.length; task++) {
        float[] other = old.get(task).get(name);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += (float) (v[task] * other[i]);
        }
      }
      turned.put(name, sum);
    });
    return turned;
  }
}
