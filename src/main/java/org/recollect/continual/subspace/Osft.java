package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.recollect.continual.ContinualMeasures;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.lab.Measure;
import org.recollect.model.Adaptable;

/// OSFT ("Sculpting Subspaces: Constrained Full Fine-Tuning in LLMs for Continual Learning", 2025):
/// before each task every matrix of the blocks is split by its singular values,
///
/// `W = U_h S_h V_hᵀ + U_l S_l V_lᵀ`,
///
/// the large part stands for what was learned and is held, the rest learns at right angles to it.
/// With `P = U_h U_hᵀ` and `Q = V_h V_hᵀ` a change `D` of `W` is cut down to
///
/// `(I - P) D (I - Q)` (*low-low*, what the released layer allows), or to
///
/// `D - P D Q` (*not high-high*, the formula of the authors' write-up, which leaves the two mixed
/// blocks free).
///
/// After a task the next one begins from the decomposition of what has become of `W`, so that what
/// grew large is held from then on. Nothing is kept between tasks.
///
/// The released layer trains `U_l`, `S_l` and `V_l`. Here `W` itself is trained and its change is
/// projected: the same matrices can be reached, since factors at right angles to `U_h` and `V_h`
/// move `W` within low-low only, and all of it. What differs is the optimiser's measure: in the
/// factors a direction learns the faster the larger its singular value. The layer projects the
/// gradient alone, which is [Projecting#GRADIENT] here.
///
/// What is not a matrix of a block (embeddings, norms, head) learns freely, as in plain tuning; the
/// released layer leaves it frozen, which is [#matricesOnly]. A small model that meets words for
/// the first time needs their embeddings to learn (inferred).
///
/// @param held which share of the min(out, in) singular directions, rounded down
/// @param directions that are held; the large ones in the paper
/// @param mixed whether a change may lie in the mixed blocks (not high-high)
/// @param projecting what is projected; the step as well by default, which is ours
/// @param alone whether nothing but the matrices learns
public record Osft(
    Held held, SingularDirections directions, boolean mixed, Projecting projecting, boolean alone)
    implements Strategy {
  /// Low-low over the large directions, the step projected.
  public Osft(Held held) {
    this(held, SingularDirections.TOP, false, Projecting.STEP, false);
  }

  /// Leaves the mixed blocks free.
  public Osft notHighHigh() {
    return new Osft(held, directions, true, projecting, alone);
  }

  /// Holds the directions of the smallest singular values: a control.
  public Osft bottom() {
    return new Osft(held, SingularDirections.BOTTOM, mixed, projecting, alone);
  }

  /// Holds random directions: a control.
  public Osft random() {
    return new Osft(held, SingularDirections.RANDOM, mixed, projecting, alone);
  }

  /// Projects the gradient and not the step, as the released layer does.
  public Osft gradientOnly() {
    return new Osft(held, directions, mixed, Projecting.GRADIENT, alone);
  }

  /// Projects nothing: a control, whose leak says where plain tuning goes.
  public Osft unprojected() {
    return new Osft(held, directions, mixed, Projecting.NOTHING, alone);
  }

  /// Freezes embeddings, norms and head.
  public Osft matricesOnly() {
    return new Osft(held, directions, mixed, projecting, true);
  }

  @Override
  public String name() {
    return "OSFT "
        + held.label()
        + directions.suffix()
        + (mixed ? ", mixed" : "")
        + projecting.suffix()
        + (alone ? ", matrices only" : "");
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "held", held.label(),
        "details", held,
        "directions", directions,
        "mixed", mixed,
        "projecting", projecting,
        "alone", alone);
  }

  /// The share of what a task moved the matrices by that lies where it must not, task by task: `|D
  /// - D'| / |D|` of the change `D` and what would have been left of it, `D'`.
  @Override
  public List<Measure> figures() {
    return List.of(ContinualMeasures.LEAK);
  }

  @Override
  public Hooks begin(Start start) {
    return new Split(start);
  }

  private final class Split implements Hooks {
    private final Start start;
    private final Leaks leaks = new Leaks();
    private HeldMatrices matrices;

    Split(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      close();
      var trainee = start.trainee();
      var model = trainee.adaptable();
      var shares = held.shares(start, task);
      var names = new LinkedHashSet<String>();
      var pairs = new LinkedHashMap<String, SingularDirections.Pair>();
      for (String map : model.linearMaps()) {
        Adaptable.block(map)
            .ifPresent(block -> {
              names.add(weight(map));
              var shape = model.weight(map).getShape();
              double share = shares.applyAsDouble(number(block));
              int count = (int) Math.floor(share * Math.min(shape.get(0), shape.get(1)));
              if (count > 0) {
                var random = start.random("directions").split(task.index(), map);
                pairs.put(weight(map), directions.of(model.weight(map), count, random));
              }
            });
      }
      var some = trainee.learned().only(names::contains);
      matrices = new HeldMatrices(some.copy(), pairs, mixed);
      trainee.tune(alone ? some : trainee.learned());
    }

    private static String weight(String map) {
      return map + ".weight";
    }

    /// @param block such as `model.layers.0`
    private static int number(String block) {
      return Integer.parseInt(block.substring(block.lastIndexOf('.') + 1));
    }

    @Override
    public void gradient(Map<String, NDArray> gradients) {
      if (projecting != Projecting.NOTHING) {
        matrices.project(gradients);
      }
    }

    @Override
    public boolean constrains() {
      return projecting == Projecting.STEP && !matrices.isEmpty();
    }

    @Override
    public void step(Map<String, NDArray> displacements) {
      if (constrains()) {
        matrices.project(displacements);
      }
    }

    @Override
    public void afterTask(Experience task) {
      leaks.add(matrices.leak(start.trainee().weights()));
      close();
    }

    @Override
    public double[] figure(Measure measure) {
      return leaks.all();
    }

    @Override
    public void save(Snapshot to) {
      leaks.save(to);
    }

    @Override
    public void load(Snapshot from) {
      leaks.load(from);
    }

    @Override
    public void close() {
      if (matrices != null) {
        matrices.close();
        matrices = null;
      }
    }
  }
}
