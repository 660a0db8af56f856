package org.recollect.kernel;

/// Where attention goes while a text is read: `softmax(q K' / sqrt(headDim))` of every query over
/// the tokens up to its own, summed up as the queries go by. The `T x T` weights are never held:
/// memory grows with the tokens.
///
/// A logit beyond the range of a float is an error of the model and gives undefined statistics.
///
/// Implementations are stateless and may be shared between threads. They agree up to the rounding
/// of floats; a weight below 2^-100 may be anything up to that.
public interface PrefillAttention {

  /// Attends from every token of a text to the tokens up to it.
  PrefillStatistics attend(Prefill text);
}
