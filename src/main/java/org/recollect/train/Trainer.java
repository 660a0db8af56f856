package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// The training loop's one step: losses backward, gradients clipped, weights updated in place.
/// Mutable; owns what the optimiser remembers, but not the weights.
///
/// ```java
/// try (var trainer = new Trainer(model.weights(), new AdamW(), new Schedule.Constant(1e-3), 1)) {
///   trainer.step(() -> NextToken.loss(model, batch));
/// }
/// ```
///
/// The same weights, losses and settings give the same bits, whether or not the run was interrupted
/// by [#save] and [#load].
public final class Trainer implements AutoCloseable {

  private final Weights weights;
  private final Optimizer optimizer;
  private final Schedule schedule;
  private final double maxNorm;
  private final List<TrainingHook> hooks;
  private final NDManager manager = Torch.manager();
  private final Map<String, List<NDArray>> memory = new LinkedHashMap<>();

  /// Weights that asked for no gradient before: a trainer may work within another one's course.
  private final List<NDArray> quiet = new ArrayList<>();

  private long steps;

  /// What happened in one step.
  ///
  /// @param index from 0
  /// @param learningRate of this step
  /// @param loss before the step, summed over the losses that were given
  /// @param gradientNorm Euclidean length of all gradients together, before clipping
  public record Step(long index, double learningRate, double loss, double gradientNorm) {}

  /// @param weights trained in place; every loss must depend on each of them
  /// @param maxNorm longest gradient: a longer one is shortened to it; infinity for no limit
  /// @param hooks called in this order
  public Trainer(
      Weights weights,
      Optimizer optimizer,
      Schedule schedule,
      double maxNorm,
      TrainingHook... hooks) {
    if (!(maxNorm > 0)) {
      throw new IllegalArgumentException(
          "maxNorm is " + maxNorm + ", but a longest gradient is above 0 (1 is usual).");
    }
    this.weights = weights;
    this.optimizer = optimizer;
    this.schedule = schedule;
    this.maxNorm = maxNorm;
    this.hooks = List.of(hooks);
    weights
        .asMap()
        .forEach((name, weight) -> {
          if (!weight.hasGradient()) {
            quiet.add(weight);
          }
          weight.setRequiresGradient(true);
          memory.put(name, zeros(weight, optimizer.memory(name, weight.getShape())));
        });
  }

  private List<NDArray> zeros(NDArray weight, int count) {
    var arrays = new ArrayList<NDArray>();
    for (int i = 0; i < count; i++) {
      var array = manager.zeros(weight.getShape());
      NDScope.unregister(array);
      arrays.add(array);
    }
    return List.copyOf(arrays);
  }

  /// Steps taken so far.
  public long steps() {
    return steps;
  }

  /// One step along the gradient of one loss, a scalar.
  public Step step(Supplier<NDArray> loss) {
    return step(List.of(loss));
  }

  /// One step along the gradient of the sum of several losses. They are computed one after another,
  /// each with its own intermediate arrays: a large batch in the memory of a small one.
  ///
  /// @throws ArithmeticException if the loss is not a finite number; nothing has changed then
  public Step step(List<Supplier<NDArray>> losses) {
    return step(tape -> backward(losses, tape));
  }

  /// One step whose backward passes run in an order of their own, such as a [Batching]'s.
  ///
  /// @param backward adds the gradient of a loss to those of the weights, and returns the loss
  /// @throws ArithmeticException if the loss is not a finite number; nothing has changed then
  public Step step(ToDoubleFunction<GradientCollector> backward) {
    try (var _ = Torch.newScope()) {
      double loss = finite(backward);
      var gradients = gradients();
      for (var hook : hooks) {
        hook.gradients(steps, gradients);
      }
      double norm = Gradients.clip(gradients.values(), maxNorm);
      double rate = schedule.at(steps);
      if (hooks.stream().anyMatch(TrainingHook::constrains)) {
        constrain(() -> gradients.forEach((name, gradient) -> update(name, gradient, rate)));
      } else {
        gradients.forEach((name, gradient) -> update(name, gradient, rate));
      }
      var step = new Step(steps, rate, loss, norm);
      steps++;
      for (var hook : hooks) {
        hook.after(step);
      }
      return step;
    }
  }

  /// Lets the optimiser move, and the hooks change where to.
  private void constrain(Runnable update) {
    var before = new LinkedHashMap<String, NDArray>();
    weights.asMap().forEach((name, weight) -> before.put(name, weight.duplicate()));
    update.run();
    try (var _ = Torch.withoutGradients()) {
      var displacements = new LinkedHashMap<String, NDArray>();
      weights
          .asMap()
          .forEach((name, weight) -> displacements.put(name, weight.sub(before.get(name))));
      for (var hook : hooks) {
        if (hook.constrains()) {
          hook.displacement(steps, displacements);
        }
      }
      displacements.forEach((name, displacement) ->
          Memory.view(weights.get(name)).copyFrom(Memory.view(before.get(name).add(displacement))));
    }
  }

  private static double backward(List<Supplier<NDArray>> losses, GradientCollector tape) {
    double total = 0;
    for (var loss : losses) {
      try (var _ = Torch.newScope()) {
        var value = loss.get();
        tape.backward(value);
        total += value.getFloat();
      }
    }
    return total;
  }

  private double finite(ToDoubleFunction<GradientCollector> backward) {
    double total;
    try (var tape = Torch.gradients()) {
      total = backward.applyAsDouble(tape);
    }
    if (!Double.isFinite(total)) {
      gradients().values().forEach(Gradients::zero);
      throw new ArithmeticException(
          "the loss of step %d is %s: lower the learning rate, or lengthen its warm-up."
              .formatted(steps, total));
    }
    return total;
  }

  private Map<String, NDArray> gradients() {
    var gradients = new LinkedHashMap<String, NDArray>();
    weights.asMap().forEach((name, weight) -> gradients.put(name, weight.getGradient()));
    return gradients;
  }

  private void update(String name, NDArray gradient, double rate) {
    var parameter = new Optimizer.Parameter(name, weights.get(name), gradient, memory.get(name));
    optimizer.update(parameter, rate, steps + 1);
    Gradients.zero(gradient);
  }

  /// Writes the weights and all that the next step depends on into one safetensors file, which
  /// appears when it is complete.
  public void save(Path file) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var _ = Torch.newScope()) {
      state().forEach((name, array) -> arrays.put(name, array.duplicate()));
      try (var state = Weights.of(arrays)) {
        Safetensors.write(
            file,
            state,
            Dtype.F32,
            Map.of("steps", Long.toString(steps), "optimizer", optimizer.toString()));
      }
    }
  }

  /// Goes on where [#save] left off: the weights are overwritten in place.
  ///
  /// @throws IllegalArgumentException if the file was written for another kind of optimiser or for
  ///   other weights; nothing has changed then
  public void load(Path file) {
    var metadata = Safetensors.metadata(file);
    try (var saved = Safetensors.read(file)) {
      var state = state();
      if (!saved.names().equals(state.keySet()) || !metadata.containsKey("steps")) {
        throw new IllegalArgumentException(
            "%s is no checkpoint of these weights with %s (it is of %s): give it the same model and optimiser, or begin anew in another folder."
                .formatted(file, optimizer, metadata.getOrDefault("optimizer", "nothing known")));
      }
      state.forEach((name, array) -> requireShape(file, name, saved, array));
      long stepsTaken = Long.parseLong(metadata.get("steps"));
      state.forEach((name, array) -> Memory.view(array).copyFrom(Memory.view(saved.get(name))));
      steps = stepsTaken;
    }
  }

  private static void requireShape(Path file, String name, Weights saved, NDArray array) {
    var shape = saved.get(name).getShape();
    if (!shape.equals(array.getShape())) {
      throw new IllegalArgumentException(
          "%s holds %s with the shape %s, but this trainer's is %s: it belongs to another model."
              .formatted(file, name, shape, array.getShape()));
    }
  }

  /// Everything that changes from step to step, by name.
  private Map<String, NDArray> state() {
    var state = new LinkedHashMap<String, NDArray>();
    weights.asMap().forEach((name, weight) -> state.put("weight " + name, weight));
    memory.forEach((name, arrays) -> {
      for (int i = 0; i < arrays.size(); i++) {
        state.put("memory " + i + " " + name, arrays.get(i));
      }
    });
    return state;
  }

  /// Frees what the optimiser remembers and ends the recording of gradients for the weights for
  /// which this trainer began it.
  @Override
  public void close() {
    quiet.forEach(weight -> weight.setRequiresGradient(false));
    manager.close();
  }
}
