package org.recollect.continual.adapter;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.lab.Measure;
import org.recollect.model.GateTap;
import org.recollect.model.GatedRanks;
import org.recollect.model.SelfActivation;

/// MoRA ("Little By Little: Continual Learning via Self-Activated Sparse Mixture-of-Rank Adaptive
/// Learning", 2025): every row `a_i` and column `b_i` of every LoRA is an expert, which tells by
/// its own activation whether an input is for it. Each linear map adds
///
/// `y = W x + scale sum over i of w_i b_i u_i`, with `u_i = a_i x`\
/// `s_i = u_i / sqrt(sum over j of u_j²)`\
/// `w_i = softmax(s / temperature)_i`, if among the `top` largest and `s_i` at least `threshold`
///
/// over the ranks of all tasks so far; what is kept is not made to sum to 1. A task adds as many
/// ranks as `placing` says and trains these alone. There is no router, and nobody is told the task.
///
/// Since the softmax is over all ranks, the old ones lose weight to new ones as soon as these are
/// there, trained or not: to grow is to change the function. And since weights sum to at most 1, a
/// rank moves the output by a fraction of what it would in a LoRA, so that the same rate teaches
/// less.
///
/// How the ranks of old tasks are treated (they are frozen) and all settings are inferred: the
/// paper's abstract names none.
///
/// @param placing of each task's ranks
/// @param temperature above 0; .5 inferred
/// @param top ranks of a map that a token may use, at least 1; as many as a task adds, inferred
/// @param threshold lowest score that counts, -1 to 1; 0 inferred
public record Mora(Placing placing, double temperature, int top, double threshold)
    implements Placed {

  /// Stands for a `top` of all ranks.
  public static final int ALL = Integer.MAX_VALUE;

  public static final Measure ACTIVE_RANKS =
      Measure.lower("active ranks", "")
          .range(0, 1e6)
          .digits(1)
          .formula("ranks of a linear map that a token of a task uses, mean over tokens and maps");

  public static final Measure RANK_USAGE =
      Measure.higher("rank usage", "")
          .range(0, 1)
          .digits(3)
          .formula("for each task the weight of the ranks of each task, row after row");

  public static final Measure OWN_RANKS =
      Measure.higher("own ranks", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the weight in a task's tokens that its own ranks have");

  /// Of each task, so many are read for the figures.
  private static final int READ = 40;

  public Mora {
    new SelfActivation(temperature, top, threshold);
  }

  /// At a temperature of .5, without negative scores, with as many ranks a token as a task adds.
  public Mora(Placing placing) {
    this(placing, .5, placing.rank(), 0);
  }

  /// With another number of ranks that a token may use.
  public Mora top(int ranks) {
    return new Mora(placing, temperature, ranks, threshold);
  }

  /// With another lowest score.
  public Mora threshold(double score) {
    return new Mora(placing, temperature, top, score);
  }

  /// With all ranks on: neither the number nor the score of those that count is limited.
  public Mora dense() {
    return top(ALL).threshold(-1);
  }

  @Override
  public String name() {
    if (top == placing.rank() && threshold == 0) {
      return "MoRA";
    }
    return top == ALL && threshold == -1
        ? "MoRA, all ranks"
        : "MoRA, k=%s, threshold %s".formatted(top == ALL ? "R" : top, (float) threshold);
  }

  /// Those that differ in the number of ranks alone.
  @Override
  public String series() {
    return "MoRA, threshold " + (float) threshold;
  }

  @Override
  public List<Measure> figures() {
    return List.of(ACTIVE_RANKS, RANK_USAGE, OWN_RANKS);
  }

  @Override
  public Hooks begin(Start start) {
    return new Growing(start);
  }

  private final class Growing extends StackedHooks {

    Growing(Start start) {
      super(start, placing);
    }

    @Override
    void lay() {
      lay(GateTap.NONE);
    }

    private void lay(GateTap tap) {
      var activation = new SelfActivation(temperature, top, threshold);
      start.trainee().lay(new GatedRanks(stack(), activation, tap));
    }

    @Override
    public double[] figure(Measure measure) {
      int tasks = start.stream().size();
      var uses = IntStream.range(0, tasks).mapToObj(this::use).toList();
      if (measure.equals(ACTIVE_RANKS)) {
        return uses.stream().mapToDouble(RankUse::ranks).toArray();
      }
      double[][] weights =
          uses.stream().map(use -> use.weights(tasks, this::owner)).toArray(double[][]::new);
      return measure.equals(RANK_USAGE)
          ? Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray()
          : IntStream.range(0, tasks).mapToDouble(task -> share(weights[task], task)).toArray();
    }

    /// The task whose ranks one belongs to.
    private int owner(int rank) {
      return start.stream().experiences().get(rank / placing.rank()).task();
    }

    /// Where no rank is active at all, none is the task's own.
    private static double share(double[] weights, int own) {
      return weights[own] == 0 ? 0 : weights[own] / Arrays.stream(weights).sum();
    }

    private RankUse use(int task) {
      var lessons = start.stream().judged(task);
      var use = new RankUse();
      lay(use);
      start.trainee().observe(Map.of(), lessons.subList(0, Math.min(READ, lessons.size())));
      lay(GateTap.NONE);
      return use;
    }
  }
}
