package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.model.BasisLora;
import org.recollect.model.InputCovariance;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Subspace;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// InfLoRA (Liang and Li, "InfLoRA: Interference-Free Low-Rank Adaptation for Continual Learning",
/// 2024, arXiv:2404.00228, sections 3.2 and 3.3): before a task the rows of `A` are chosen and
/// fixed, so that `B` alone is trained and no optimiser can leave their span. With the second
/// moment `S = mean x xᵀ` of a map's inputs on the new task and the space `M` of the inputs of the
/// old,
///
/// `A = the leading left singular vectors of S - M Mᵀ S, as rows, over sqrt(3)`.
///
/// After a task `B A` is merged into the map, and `M` grows by what the task's inputs have outside
/// of it until it holds a share of their energy that rises with the tasks, from 0.95 to 1. The
/// paper stores the complement of an `M` that is more than half of the whole; what that spares is
/// counted, the numbers are the same.
///
/// @param placing rank and maps; the alpha has no meaning here
/// @param energy share of the inputs' energy that is protected after the first task, 0 to 1
/// @param samples lessons that inputs are gathered on, at most
public record InfLora(Placing placing, double energy, int samples) implements Placed {
  private static final double SCALE = 1 / Math.sqrt(3);

  public InfLora {
    if (!(energy > 0 && energy <= 1) || samples < 1) {
      throw new IllegalArgumentException(
          "InfLoRA protects a share of the energy above 0 up to 1, seen on at least one lesson; got %s and %d."
              .formatted(energy, samples));
    }
  }

  /// With an energy of 0.95 on 100 lessons.
  public InfLora(Placing placing) {
    this(placing, 0.95, 100);
  }

  @Override
  public String name() {
    return "InfLoRA";
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    return Variants.strengths(
        "energy", other -> new InfLora(placing, other, samples), 0.8, 0.95, 0.99);
  }

  @Override
  public Hooks begin(Start start) {
    return new Free(start);
  }

  private final class Free implements Hooks {
    private final Start start;

    /// The inputs of old tasks by linear map.
    private final SequencedMap<String, Subspace> old = new LinkedHashMap<>();

    private BasisLora lora;

    Free(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      var trainee = start.trainee();
      var rows = new LinkedHashMap<String, NDArray>();
      try (var inputs = inputs(task);
          var manager = Torch.manager();
          var _ = Torch.newScope()) {
        for (String map : placing.maps(trainee.adaptable())) {
          rows.put(map, rows(inputs.of(map), old.get(map), manager));
        }
        lora = BasisLora.of(trainee.adaptable(), Weights.of(rows), 1);
      }
      trainee.lay(lora);
      trainee.tune(lora.weights());
    }

    /// @param moment `[in][in]`
    /// @param manager of the result, which outlives the space that it is taken from
    private NDArray rows(NDArray moment, Subspace protectedInputs, NDManager manager) {
      var left = protectedInputs == null ? moment : protectedInputs.remove(moment);
      try (var leading = Subspace.ofRank(left, Math.min(placing.rank(), left.getShape().get(0)))) {
        var rows = Ops.scale(leading.basis().transpose(), SCALE);
        rows.attach(manager);
        return rows;
      }
    }

    private InputCovariance inputs(Experience task) {
      var trainee = start.trainee();
      var some = start.random("inputs").split(task.index()).shuffle(task.lessons());
      var inputs = new InputCovariance();
      var observers = inputs.observers(placing.maps(trainee.adaptable()));
      trainee.observe(observers, some.subList(0, Math.min(samples, some.size())));
      return inputs;
    }

    @Override
    public void afterTask(Experience task) {
      var trainee = start.trainee();
      lora.mergeInto(trainee.adaptable(), trainee.adaptable());
      trainee.lay();
      lora.close();
      lora = null;
      int tasks = start.stream().experiences().size();
      double share = energy + (1 - energy) * task.index() / tasks;
      try (var inputs = inputs(task);
          var _ = Torch.newScope()) {
        for (String map : placing.maps(trainee.adaptable())) {
          var root = inputs.root(map);
          var before = old.get(map);
          old.put(map, before == null ? Subspace.ofEnergy(root, share) : before.grow(root, share));
          if (before != null) {
            before.close();
          }
        }
      }
    }

    @Override
    public long bytes() {
      return old.values().stream()
          .mapToLong(space ->
              Float.BYTES
                  * space.dimension()
                  * Math.min(space.rank(), space.dimension() - space.rank()))
          .sum();
    }

    @Override
    public void save(Snapshot to) {
      old.forEach((map, space) -> {
        try (var basis = Weights.of(Map.of("basis", space.basis().duplicate()))) {
          to.put(map, basis);
        }
      });
    }

    @Override
    public void load(Snapshot from) {
      for (String map : placing.maps(start.trainee().adaptable())) {
        try (var basis = from.weights(map)) {
          old.put(map, Subspace.of(basis.get("basis")));
        }
      }
    }

    @Override
    public void close() {
      old.values().forEach(Subspace::close);
      if (lora != null) {
        lora.close();
      }
    }
  }
}
