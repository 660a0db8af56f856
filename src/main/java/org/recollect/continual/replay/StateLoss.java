package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.recollect.continual.Trainee;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;

/// How far a model has come, on general samples, from the base that it was.
public enum StateLoss {

  /// The threshold margin of [Gere].
  MARGIN("margin", 100) {
    @Override
    NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples) {
      return margin(base, states, samples);
    }
  },

  /// The same for states that were dealt anew, see [BaseStates#shuffled]: the control.
  SHUFFLED("shuffled labels", 100) {
    @Override
    NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples) {
      return margin(base, states, samples);
    }
  },

  /// The mean absolute difference of states.
  L1("L1", 1) {
    @Override
    NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples) {
      return states.sub(base.array(states.getManager(), samples)).abs().mean();
    }
  },

  /// The mean squared difference of states.
  L2("L2", 1) {
    @Override
    NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples) {
      return Ops.square(states.sub(base.array(states.getManager(), samples))).mean();
    }
  },

  /// The divergence `KL(softmax(z / 2) || softmax(h / 2))` of the present logits `h` from the
  /// base's `z`, mean over predictions.
  KL("KL", 1) {
    @Override
    NDArray read(Trainee base, List<Lesson> samples) {
      return base.logits(samples);
    }

    @Override
    NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples) {
      var said = Ops.logSoftmax(Ops.scale(base.array(logits.getManager(), samples), 0.5));
      var says = Ops.logSoftmax(Ops.scale(logits, 0.5));
      return said.exp().mul(said.sub(says)).sum(new int[] {1}).mean();
    }
  };

  /// A state that is read in another batch is rounded otherwise: ranges are widened by so many
  /// deviations.
  private static final double ROUNDING = 1e-4;

  private final String title;
  private final double weight;

  StateLoss(String title, double weight) {
    this.title = title;
    this.weight = weight;
  }

  /// As arms are named after it.
  String title() {
    return title;
  }

  /// The usual weight beside the cross-entropies: that of the paper's code for the margin, 1 for
  /// the others (inferred).
  double weight() {
    return weight;
  }

  /// What the base's memory holds `[predictions][width]`.
  NDArray read(Trainee base, List<Lesson> samples) {
    return base.features(samples);
  }

  /// The loss, a differentiable scalar.
  ///
  /// @param base what it held of all samples
  /// @param states of these samples now `[predictions][width]`
  /// @param logits likewise `[predictions][classes]`
  abstract NDArray of(BaseStates base, NDArray states, NDArray logits, List<Lesson> samples);

  /// By how much states have left their ranges: the mean over those that have.
  private static NDArray margin(BaseStates base, NDArray states, List<Lesson> samples) {
    double[] mean = base.mean();
    double[] deviation = base.deviation();
    float[] before = base.values(samples);
    float[] floor = new float[before.length];
    float[] ceiling = new float[before.length];
    for (int i = 0; i < before.length; i++) {
      int unit = i % mean.length;
      double low = mean[unit] - deviation[unit];
      double high = mean[unit] + deviation[unit];
      double slack = ROUNDING * deviation[unit];
      boolean negative = before[i] <= low;
      boolean positive = before[i] >= high;
      floor[i] = negative ? Float.NEGATIVE_INFINITY : (float) ((positive ? high : low) - slack);
      ceiling[i] = positive ? Float.POSITIVE_INFINITY : (float) ((negative ? low : high) + slack);
    }
    var manager = states.getManager();
    long[] shape = states.getShape().getShape();
    var below = Ops.relu(Memory.ofFloats(manager, floor, shape).sub(states));
    var above = Ops.relu(states.sub(Memory.ofFloats(manager, ceiling, shape)));
    var out = below.add(above);
    long outside = out.countNonzero().getLong();
    return Ops.scale(out.sum(), 1.0 / Math.max(1, outside));
  }
}
