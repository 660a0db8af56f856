package org.recollect.continual.regularise;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Synaptic intelligence, SI (Zenke, Poole and Ganguli, "Continual Learning Through Synaptic
/// Intelligence", 2017, arXiv:1703.04200, equations 4 and 5): as [Ewc], with an importance that is
/// gathered on the way,
///
/// `L = l + c sum_i Omega_i (w_i - w*_i)²`, `Omega_i = sum_tasks max(0, omega_i) / (Delta_i² + xi)`
///
/// where `omega_i` adds up `-g_i dw_i` over the steps of a task, for the gradient `g` of the loss
/// before the penalty's own part is clipped and the optimiser's displacement `dw`, and `Delta_i` is
/// how far the weight has come in the task. Negative sums count as 0 (inferred).
///
/// @param c strength, above 0
/// @param xi damping, above 0
public record SynapticIntelligence(double c, double xi) implements Strategy {

  public SynapticIntelligence {
    if (!(c > 0 && xi > 0)) {
      throw new IllegalArgumentException(
          "SI has a strength and a damping above 0; got %s and %s.".formatted(c, xi));
    }
  }

  /// With a damping of 0.1.
  public SynapticIntelligence(double c) {
    this(c, 0.1);
  }

  @Override
  public String name() {
    return "SI";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths("c", other -> new SynapticIntelligence(other, xi), c / 10, c, 10 * c);
  }

  @Override
  public Hooks begin(Start start) {
    return new Path(start);
  }

  private final class Path extends AnchoredHooks {
    private final Map<String, float[]> gradients = new LinkedHashMap<>();
    private Weights omega;
    private Weights begin;

    Path(Start start) {
      super(start, c);
    }

    @Override
    public void beforeTask(Experience task) {
      forget();
      begin = start.trainee().trainable().copy();
      try (var _ = Torch.newScope()) {
        omega = begin.map((_, weight) -> weight.zerosLike());
      }
    }

    @Override
    public void gradient(Map<String, NDArray> now) {
      now.forEach((name, gradient) -> gradients.put(name, Memory.toFloats(gradient)));
    }

    @Override
    public boolean constrains() {
      return true;
    }

    @Override
    public void step(Map<String, NDArray> displacements) {
      displacements.forEach((name, displacement) -> {
        float[] gradient = gradients.get(name);
        float[] moved = Memory.toFloats(displacement);
        float[] sum = Memory.toFloats(omega.get(name));
        for (int i = 0; i < sum.length; i++) {
          sum[i] -= gradient[i] * moved[i];
        }
        Memory.write(omega.get(name), sum);
      });
    }

    @Override
    public void afterTask(Experience task) {
      var weights = start.trainee().trainable();
      try (var importance =
          omega.map((name, path) -> {
            float[] sum = Memory.toFloats(path);
            float[] from = Memory.toFloats(begin.get(name));
            float[] to = Memory.toFloats(weights.get(name));
            for (int i = 0; i < sum.length; i++) {
              double far = to[i] - from[i];
              sum[i] = (float) (Math.max(0, sum[i]) / (far * far + xi));
            }
            return Memory.ofFloats(path.getManager(), sum, path.getShape().getShape());
          })) {
        penalty.remember(weights, importance, 1);
      }
    }

    private void forget() {
      if (omega != null) {
        omega.close();
        begin.close();
      }
    }

    @Override
    public void close() {
      forget();
      super.close();
    }
  }
}
