package org.recollect.unlearning.vision;

import java.util.List;
import java.util.Set;
import org.recollect.lab.Measure;
import org.recollect.unlearning.UnlearningMeasures;
import org.recollect.unlearning.measure.HMean;
import org.recollect.unlearning.measure.ZeroRetrainForgetting;

/// What an [ErasureStudy] measures of a classifier.
public final class VisionMeasures {

  /// The share of the pictures to forget that are still told right. The oracle's value is ideal: 0
  /// for a whole class, that of unseen pictures for single ones.
  public static final Measure FORGET_ACCURACY =
      Measure.lower("forget accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the pictures to forget that are told right");

  public static final Measure FORGET_TEST_ACCURACY =
      Measure.lower("forget test accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of unseen pictures of the forgotten kind that are told right");

  public static final Measure FORGET_LOSS =
      Measure.higher("forget loss", "nat")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(3)
          .formula("cross-entropy of the pictures to forget");

  /// What was forgotten in earlier requests and should stay so.
  public static final Measure OLD_ACCURACY =
      Measure.lower("old accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share told right of the pictures that earlier requests were for");

  public static final Measure RETAIN_ACCURACY =
      Measure.higher("retain accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of unseen pictures of what is kept that are told right");

  public static final Measure H_MEAN = HMean.MEASURE;

  /// Whether the forget set can be told from pictures never seen by its loss.
  public static final Measure MIA =
      Measure.closer("MIA", "", 0.5)
          .range(0, 1)
          .digits(3)
          .formula("probability that an unseen picture has a higher loss than one to forget");

  /// The attack of SSD's paper: a threshold on the entropy.
  public static final Measure MIA_ENTROPY =
      Measure.lower("MIA entropy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the forget set that logistic regression on entropy takes for members");

  public static final Measure MIA_GAP =
      Measure.lower("MIA gap", "")
          .range(0, 1)
          .digits(3)
          .formula("distance of the MIA from the oracle's");

  public static final Measure LOSS_GAP =
      Measure.lower("loss gap", "nat")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(3)
          .formula("distance of the forget loss from the oracle's, mean of pictures");

  public static final Measure ZRF = ZeroRetrainForgetting.MEASURE;

  public static final Measure WEIGHT_DISTANCE =
      Measure.lower("weight distance", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .formula("Euclidean distance to the weights of the oracle");

  public static final Measure CHANGED =
      Measure.lower("weights changed", "%")
          .range(0, 100)
          .digits(2)
          .formula("share of the weights that are not what they were");

  /// How much the last request changed each Transformer block. An item is a block.
  public static final Measure BLOCK_CHANGE =
      Measure.lower("change of a block", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .formula("Euclidean length of the last request's change of a block's weights, mean");

  /// The groups of GS-LoRA are blocks. An item is a block, 1 or 0.
  public static final Measure ACTIVE_BLOCKS =
      Measure.lower("active blocks", "")
          .range(0, 1)
          .digits(2)
          .formula("share of the Transformer blocks that the last request changed by over 1e-3");

  /// 0 for the bounds, which unlearn nothing.
  public static final Measure TRAINED =
      Measure.lower("trained", "% of weights")
          .range(0, 100)
          .counted()
          .digits(1)
          .formula("numbers that are trained in a request by weights of the model");

  /// All of them, in the order of a table.
  static final List<Measure> ALL =
      List.of(
          FORGET_ACCURACY,
          FORGET_TEST_ACCURACY,
          FORGET_LOSS,
          OLD_ACCURACY,
          RETAIN_ACCURACY,
          H_MEAN,
          MIA,
          MIA_ENTROPY,
          MIA_GAP,
          LOSS_GAP,
          ZRF,
          WEIGHT_DISTANCE,
          CHANGED,
          UnlearningMeasures.STEPS,
          UnlearningMeasures.COST,
          BLOCK_CHANGE,
          ACTIVE_BLOCKS,
          TRAINED);

  /// Those of a model made of Transformer blocks only.
  static final Set<Measure> OF_BLOCKS = Set.of(BLOCK_CHANGE, ACTIVE_BLOCKS);

  private VisionMeasures() {}
}
