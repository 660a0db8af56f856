package org.recollect.continual.subspace;

import ai.djl.ndarray.NDArray;
import java.util.List;
import java.util.Map;
import java.util.function.DoublePredicate;
import org.recollect.continual.ContinualMeasures;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Measure;
import org.recollect.tensor.GradientSubspace;

/// OGPSA ("Safety Alignment as Continual Learning: Mitigating the Alignment Tax via Orthogonal
/// Gradient Projection", 2026): what a model is aligned by is kept off the directions along which
/// its general skill changes fastest. Of `m` small sets of general samples the gradients `b_j` are
/// taken every `N` steps, at the weights of then; orthonormalised they are `u_1 ... u_m`, and
///
/// `g <- g - sum_j <g, u_j> u_j`.
///
/// The released code has a basis for each array of weights, which is the default here; the paper
/// writes of one for all weights together, [#whole]. It projects the gradient alone, which is
/// [Projecting#GRADIENT]; the step as well, by default, is ours. Its variant that projects only
/// where general skill would suffer is [#threshold], as in A-GEM; there the code scales what it
/// does not project, and this does not.
///
/// @param sets of general samples (`m`), at least 1; the paper has two for supervised tuning
/// @param samples in each, at least 1; 200 in the paper
/// @param every so many steps directions are taken anew (`N`), from the first of each task; 30 in
///   the paper for supervised tuning, 5 for preferences
/// @param oneBasis whether there is one basis for all weights together
/// @param harmfulOnly whether only what harms general skill is removed
/// @param randomly whether random directions stand in for the gradients: a control
/// @param projecting what is projected
public record Ogpsa(
    int sets,
    int samples,
    int every,
    boolean oneBasis,
    boolean harmfulOnly,
    boolean randomly,
    Projecting projecting)
    implements Strategy {
  /// Directions of the task's first step serve for all of it.
  private static final int ONCE = Integer.MAX_VALUE;

  public Ogpsa {
    if (sets < 1 || samples < 1 || every < 1) {
      throw new IllegalArgumentException(
          "OGPSA has at least one set of at least one sample, taken anew every step or less often; got %d, %d and %d."
              .formatted(sets, samples, every));
    }
  }

  /// A basis for each array, the step projected.
  public Ogpsa(int sets, int samples, int every) {
    this(sets, samples, every, false, false, false, Projecting.STEP);
  }

  /// Takes the directions once, at the beginning of a task.
  public Ogpsa once() {
    return new Ogpsa(sets, samples, ONCE, oneBasis, harmfulOnly, randomly, projecting);
  }

  /// One basis for all weights together.
  public Ogpsa whole() {
    return new Ogpsa(sets, samples, every, true, harmfulOnly, randomly, projecting);
  }

  /// Removes only what would raise the loss on the general samples.
  public Ogpsa threshold() {
    return new Ogpsa(sets, samples, every, oneBasis, true, randomly, projecting);
  }

  /// Random directions: a control.
  public Ogpsa random() {
    return new Ogpsa(sets, samples, every, oneBasis, harmfulOnly, true, projecting);
  }

  /// Projects the gradient and not the step, as the released code does.
  public Ogpsa gradientOnly() {
    return new Ogpsa(sets, samples, every, oneBasis, harmfulOnly, randomly, Projecting.GRADIENT);
  }

  /// Projects nothing: a control, whose leak says where plain tuning goes.
  public Ogpsa unprojected() {
    return new Ogpsa(sets, samples, every, oneBasis, harmfulOnly, randomly, Projecting.NOTHING);
  }

  @Override
  public String name() {
    return "OGPSA %d/%s".formatted(sets, every == ONCE ? "once" : Integer.toString(every))
        + (oneBasis ? ", whole" : "")
        + (harmfulOnly ? ", threshold" : "")
        + (randomly ? ", random" : "")
        + projecting.suffix();
  }

  /// The share of the steps of each task that lies along the directions of their time: `sqrt(sum |P
  /// d|² / sum |d|²)` over the steps `d`.
  @Override
  public List<Measure> figures() {
    return List.of(ContinualMeasures.LEAK);
  }

  @Override
  public Hooks begin(Start start) {
    var references = References.of(start, sets, samples);
    return new Hooks() {
      private final Leaks leaks = new Leaks();
      private int task;
      private int step;
      private double along;
      private double all;
      private GradientSubspace directions;

      @Override
      public void beforeTask(Experience experience) {
        task = experience.index();
        step = 0;
        along = 0;
        all = 0;
      }

      @Override
      public List<Lesson> beforeStep(List<Lesson> drawn) {
        if (step % every == 0) {
          var taken = randomly ? atRandom() : references.gradients(start.trainee());
          directions = oneBasis ? GradientSubspace.whole(taken) : GradientSubspace.eachArray(taken);
        }
        step++;
        return drawn;
      }

      private List<Map<String, float[]>> atRandom() {
        var stream = start.random("directions").split(task, step);
        return References.random(start.trainee().trainable(), sets, stream);
      }

      @Override
      public void gradient(Map<String, NDArray> gradients) {
        if (projecting != Projecting.NOTHING) {
          directions.remove(gradients, harmfulOnly ? dot -> dot < 0 : dot -> true);
        }
      }

      /// The leak is measured even where steps are not projected.
      @Override
      public boolean constrains() {
        return true;
      }

      /// Against the gradient: what lies along a direction raises its loss.
      @Override
      public void step(Map<String, NDArray> displacements) {
        DoublePredicate harmful = harmfulOnly ? dot -> dot > 0 : dot -> true;
        if (projecting == Projecting.STEP) {
          directions.remove(displacements, harmful);
        }
        double square = 0;
        for (var displacement : displacements.values()) {
          double norm = displacement.norm().getFloat();
          square += norm * norm;
        }
        double leak = directions.leak(displacements);
        along += leak * leak * square;
        all += square;
      }

      @Override
      public void afterTask(Experience experience) {
        leaks.add(all == 0 ? 0 : Math.min(1, Math.sqrt(along / all)));
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
    };
  }
}
