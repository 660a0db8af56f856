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
/// of floats, but for one thing: a table of a code book may hold bytes. A logit, in units of the
/// largest entry of its table, is then off by at most `groups / 256`, and an output by as much of
/// the largest weighted value; [Kernels#decodeAttention] says who does so.
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
