package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.train.LossGradient;

/// Averaged gradient episodic memory (Chaudhry et al., "Efficient Lifelong Learning with A-GEM",
/// 2018, arXiv:1812.00420, equation 11): where a step along the gradient `g` would raise the loss
/// on a draw from the memory, whose gradient is `r`, that part is taken out of it,
///
/// `g = g - (g . r) / (r . r) r` if `g . r < 0`.
///
/// The optimiser then rescales the entries of what is left, so that under Adam the step may raise
/// that loss all the same. From the second experience on, twice as much is read as by plain tuning.
///
/// @param size lessons in memory, at most
public record AGem(int size) implements Strategy {

  public AGem {
    Reservoir.requireRoom(size);
  }

  @Override
  public String name() {
    return "A-GEM";
  }

  @Override
  public Hooks begin(Start start) {
    return new RememberingHooks(start, size) {
      private Map<String, float[]> reference;

      @Override
      public List<Lesson> beforeStep(List<Lesson> drawn) {
        if (remembers()) {
          var old = memory.drawLessons(drawn.size());
          var trainee = start.trainee();
          reference = LossGradient.of(trainee.trainable(), List.of(() -> trainee.loss(old)));
        }
        return drawn;
      }

      @Override
      public void gradient(Map<String, NDArray> gradients) {
        if (remembers()) {
          double along = 0;
          double length = LossGradient.dot(reference, reference);
          for (var entry : gradients.entrySet()) {
            along += dot(Memory.toFloats(entry.getValue()), reference.get(entry.getKey()));
          }
          if (along < 0) {
            double share = along / length;
            gradients.forEach((name, gradient) -> subtract(gradient, share, reference.get(name)));
          }
        }
      }
    };
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private static void subtract(NDArray from, double share, float[] what) {
    float[] values = Memory.toFloats(from);
    for (int i = 0; i < values.length; i++) {
      values[i] -= (float) (share * what[i]);
    }
    Memory.write(from, values);
  }
}
