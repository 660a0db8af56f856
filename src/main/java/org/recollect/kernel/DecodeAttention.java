package org.recollect.kernel;

import java.util.List;

/// Decode attention over pages of codes, softmax included: `softmax(q K') V` for every query head,
/// over the tokens of all pages of a step.
///
/// Scale and offset enter where the codes are read, and no dense copy of the cache is made. Causal
/// by construction: the pages hold what is past. A logit beyond the range of a float is an error of
/// the model and gives an undefined output.
///
/// Implementations are stateless and may be shared between threads. They agree up to the rounding
/// of floats, but for one thing: the Vector API looks up books in tables of 16 bits. With `n`
/// tables whose ranges add up to `r`, a sum is then off by at most `n r / 130000`, and as a rule by
/// a tenth of that.
public interface DecodeAttention {

  /// Attends to the pages of each step; all steps of a layer together, so that heads and runs of
  /// pages can be shared out.
  ///
  /// @return one entry a step
  List<Attended> attend(List<DecodeStep> steps);

  /// Attends to the pages of one step.
  default Attended attend(DecodeStep step) {
    return attend(List.of(step)).getFirst();
  }
}
