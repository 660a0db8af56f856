package org.recollect.continual.subspace;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import org.recollect.continual.LanguageTrainee;
import org.recollect.continual.Start;
import org.recollect.data.Experience;

/// Which share of a matrix's singular directions is held while a task is learned.
public sealed interface Held {

  /// As it stands in a strategy's name.
  String label();

  /// The share in each block while a task is learned, 0 to 1, by the block's number.
  ///
  /// @param start whose trainee is about to learn the task
  IntToDoubleFunction shares(Start start, Experience task);

  /// The same share for every task and matrix; a half is the default of the released layer.
  ///
  /// @param share 0 to 1
  record Fixed(double share) implements Held {

    public Fixed {
      if (!(share >= 0 && share <= 1)) {
        throw new IllegalArgumentException(
            "A share of directions is 0 to 1, not %s.".formatted(share));
      }
    }

    @Override
    public String label() {
      return Double.toString(share);
    }

    @Override
    public IntToDoubleFunction shares(Start start, Experience task) {
      return _ -> share;
    }
  }

  /// `(t - 1) / n` for task `t` of `n`: the first task trains everything. Looks ahead: it knows how
  /// many tasks there are.
  record Rising() implements Held {

    @Override
    public String label() {
      return "rising";
    }

    @Override
    public IntToDoubleFunction shares(Start start, Experience task) {
      return _ -> (double) task.index() / start.stream().experiences().size();
    }
  }

  /// More where a block turns the residual stream less. With the mean cosine `c_l` of what goes
  /// into block `l` and what comes out, on lessons of the new task,
  ///
  /// `I_l = c_l / mean c`, `share_l = min(1, least + I_l (usual - least))`.
  ///
  /// That the mean is divided by, the limit of 1 and the block in the place of the matrix, whose
  /// inputs and outputs need not be of one width, are ours (inferred).
  ///
  /// @param least share of a block with an importance of 0; 0.1 in the paper
  /// @param usual share of a block with an importance of 1; 0.8 in the paper
  /// @param samples lessons that the cosines are taken on, at most
  record ByImportance(double least, double usual, int samples) implements Held {

    public ByImportance {
      if (!(least >= 0 && least <= usual && usual <= 1) || samples < 1) {
        throw new IllegalArgumentException(
            "Shares by importance go from a least share to a usual one, both 0 to 1, by at least one sample; got %s, %s and %d."
                .formatted(least, usual, samples));
      }
    }

    @Override
    public String label() {
      return "by importance";
    }

    @Override
    public IntToDoubleFunction shares(Start start, Experience task) {
      if (!(start.trainee() instanceof LanguageTrainee trainee)) {
        throw new IllegalStateException(
            "The importance of blocks is known of language models alone: hold a fixed share instead.");
      }
      var some = start.random("importance").split(task.index()).shuffle(task.lessons());
      double[] shares =
          shares(BlockSimilarity.of(trainee, some.subList(0, Math.min(samples, some.size()))));
      return block -> shares[block];
    }

    /// The shares that follow from cosines `[blocks]`; one below 0 counts as 0.
    double[] shares(double... cosines) {
      double mean = Arrays.stream(cosines).map(each -> Math.max(0, each)).average().orElseThrow();
      return Arrays.stream(cosines)
          .map(each -> mean == 0 ? 1 : Math.max(0, each) / mean)
          .map(importance -> Math.min(1, least + importance * (usual - least)))
          .toArray();
    }
  }
}
