package org.recollect.retrieval.domain;

import java.util.List;

/// In-context retrieval (Ram et al., "In-Context Retrieval-Augmented Language Models", 2023,
/// sections 3 and 4): before the text stand passages of the domain, found by BM25 for what was read
/// last, and looked for again after each stride,
///
/// `p(x) = prod_i p_LM(stride_i | passages(end of x before stride_i), x before stride_i)`.
///
/// How many passages, and whether any, is chosen on validation. (The authors put one passage before
/// the text, of 256 tokens at most, and look for it every 4 tokens; for models of this size strides
/// and passages are *inferred*.)
///
/// @param stride tokens that are predicted with the same passages, at least 1
/// @param query tokens that are searched for, at least 1; 32 in the paper for BM25
/// @param passage tokens of a passage, at least 1
/// @param counts of passages that are tried, each at least 1
public record InContext(int stride, int query, int passage, List<Integer> counts)
    implements DomainArm {

  public InContext {
    if (stride < 1 || query < 1 || passage < 1) {
      throw new IllegalArgumentException(
          "Strides, queries and passages have at least one token; got %d, %d and %d."
              .formatted(stride, query, passage));
    }
    if (counts.isEmpty() || counts.stream().anyMatch(count -> count < 1)) {
      throw new IllegalArgumentException(
          "At least one passage is put before a text, but got %s.".formatted(counts));
    }
    counts = List.copyOf(counts);
  }

  @Override
  public String name() {
    return "in-context";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    var passages = new Passages(task.base().tokenizer(), task.training(), passage);
    var base = Predictor.of(task.base());
    PassageReader best = null;
    double least = Double.POSITIVE_INFINITY;
    for (int count : counts) {
      var reader = new PassageReader(task.base(), passages, this, count);
      double loss = Interpolation.loss(reader.logLikelihoods(task.validation()));
      if (best == null || loss < least) {
        best = reader;
        least = loss;
      }
    }
    return Adapted.inPlaceOf(base, best, passages.bytes(), 0);
  }
}
