package org.recollect.kv;

import org.recollect.lab.Measure;

/// What the studies of this family measure: a [KvStudy] and a [PrecisionStudy], items being the
/// texts read or the recall tasks, and a [HeadStudy].
public final class KvMeasures {

  /// How surprised the model is by the text after the prompt.
  public static final Measure PERPLEXITY =
      Measure.lower("perplexity", "")
          .range(1, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula(
              "exp of the mean negative log-likelihood of the tokens after the prompt, or of the text");

  /// What the cache or the rounding costs in perplexity.
  public static final Measure PERPLEXITY_DELTA =
      Measure.lower("perplexity delta", "")
          .digits(3)
          .formula("perplexity of each text minus that with all numbers in f32, cache and weights");

  /// How far the predictions move.
  public static final Measure KL =
      Measure.lower("KL to full", "nat")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(4)
          .formula(
              "mean over tokens of sum p log(p/q), p with all numbers in f32, cache and weights");

  /// What rounding does to the keys that are kept.
  public static final Measure KEY_ERROR =
      Measure.lower("key error", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(4)
          .formula(
              "sum |k - k'|^2 / sum |k|^2 over the keys held of the prompt, mean of the layers");

  /// How the layer is served that is served worst.
  public static final Measure LEAST_MASS =
      Measure.higher("least retained mass", "")
          .range(0, 1)
          .digits(3)
          .formula(
              "share of the prompt's attention that went to tokens kept, in the layer where it is least");

  /// Whether codes are read right.
  public static final Measure LOOK_UP_ERROR =
      Measure.lower("look-up error", "")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(7)
          .formula(
              "largest difference between attention weights from the codes and from the keys rebuilt from them, by the largest weight");

  /// Whether what the context states can still be used.
  public static final Measure RECALL =
      Measure.higher("recall", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a task's questions answered exactly by greedy decoding");

  /// Whether all that a context states can still be used.
  public static final Measure EXACT_MATCH =
      Measure.higher("exact match", "")
          .range(0, 1)
          .digits(3)
          .formula("share of tasks of which every question is answered exactly");

  /// What choosing the tokens takes, as a ratio to choosing them in every layer in the same trial.
  public static final Measure SCORING_TIME =
      Measure.lower("scoring time", "x every layer")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula("seconds to score a prompt by those with every layer scored, in turns");

  /// How often a question with a few possible answers is answered rightly.
  public static final Measure TASK_ACCURACY =
      Measure.higher("accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a task's questions answered exactly by greedy decoding");

  /// How much of a context is held.
  public static final Measure KEPT =
      Measure.lower("tokens kept", "")
          .range(0, 1)
          .digits(3)
          .counted()
          .formula("tokens of the context held by those read, mean of layers and heads");

  /// What the cache takes.
  public static final Measure BYTES_PER_TOKEN =
      Measure.lower("bytes per token", "B")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .counted()
          .formula("bytes held at the end of the text, metadata included, by tokens seen");

  /// What papers that compress keys alone count.
  public static final Measure KEY_BITS =
      Measure.lower("bits a key", "bit")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(1)
          .counted()
          .formula(
              "bits of the keys held of the prompt, scales and radii included, by its tokens and heads; 32 headDim for the full f32 cache");

  /// What a number of the full cache takes on average.
  public static final Measure BITS =
      Measure.lower("effective bits", "bit")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .counted()
          .formula("bits held, metadata included, by numbers that the full cache would hold");

  /// What decoding is bound by.
  public static final Measure BYTES_READ_PER_STEP =
      Measure.lower("bytes read per step", "B")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .counted()
          .formula("bytes of keys and values, metadata included, that one decode step reads");

  /// How fast this machine decodes, as a ratio to the full f32 cache in the same trial.
  public static final Measure DECODE_SPEED =
      Measure.higher("decode tokens per second", "x full f32")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula(
              "tokens per second of decoding by those of the full f32 cache, the two taking turns");

  /// What the linear maps of the layers take.
  public static final Measure WEIGHT_BYTES =
      Measure.lower("weight bytes", "B")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(0)
          .counted()
          .formula("bytes held of the layers' linear maps, padding and scales included");

  /// How fast a token is multiplied with the weights, as a ratio to float32 in the same trial.
  public static final Measure PRODUCT_SPEED =
      Measure.higher("product speed", "x f32")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula(
              "time of one token through the layers' linear maps in f32 by its time here, the two taking turns");

  /// The same as a ratio to int8 weights that meet the token as floats.
  public static final Measure INT8_SPEED =
      Measure.higher("product speed to int8", "x int8")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula(
              "time of one token through the layers' linear maps in int8 by its time here, the two taking turns");

  /// What a model predicts without looking back for the answer.
  public static final Measure COPY_FREE_PERPLEXITY =
      Measure.lower("copy-free perplexity", "")
          .range(1, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula(
              "exp of the mean negative log-likelihood of tokens not seen before in their text");

  /// What a model predicts where looking back may help.
  public static final Measure REPEAT_PERPLEXITY =
      Measure.lower("repeat perplexity", "")
          .range(1, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula("exp of the mean negative log-likelihood of tokens seen before in their text");

  /// How much of the copying is done by the heads that are switched off. Items are the lengths of
  /// text.
  public static final Measure COPYING =
      Measure.higher("copying masked", "")
          .range(0, 1)
          .digits(2)
          .formula(
              "share of the sum of all retrieval scores, on needles of the judging text, that the masked heads have");

  /// Whether an arm ranks the heads as their retrieval scores do. Items are the lengths of text.
  public static final Measure RANK_AGREEMENT =
      Measure.higher("rank agreement", "")
          .range(-1, 1)
          .digits(2)
          .formula(
              "Spearman's correlation of the arm's scores with the retrieval scores on needles of the judging text");

  /// How few heads retrieve; a property of the subject, the same for every arm. Items are the
  /// lengths of text.
  public static final Measure RETRIEVAL_SHARE =
      Measure.lower("share of retrieval heads", "")
          .range(0, 1)
          .digits(3)
          .formula("share of the heads that score above 0.1 on needles of the judging text");

  private KvMeasures() {}
}
