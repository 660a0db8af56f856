package org.recollect.retrieval.search;

/// The first candidates of a search in a new order.
///
/// *Late interaction* (Khattab and Zaharia, "ColBERT", 2020, equation 3): the sum over the words of
/// the question of the largest cosine with a word of the passage. Words are embedded by
/// [Embedder#embedWords]: a word has one vector wherever it stands, so none is stored, and those of
/// the candidates are put in a table when they are needed. The question is not padded to 32 words,
/// as ColBERT does with a mask token: its encoder learns what to put there, ours has nothing to
/// put. Of the question the first 64 words count, of a passage with its title the first 512
/// (inferred).
///
/// *int8*: the cosine of the question's vector with passage vectors held as 8-bit codes, a quarter
/// of the bytes.
///
/// @param of the search that finds the candidates
/// @param candidates how many of its hits are looked at, and never fewer than are asked for
/// @param encoder of the vectors; for late interaction an embedder
public record Reranked(Search of, int candidates, By by, EncoderSource encoder) implements Search {

  /// What candidates are ordered by.
  public enum By {
    LATE_INTERACTION,
    INT8
  }

  public Reranked {
    if (candidates < 1) {
      throw new IllegalArgumentException(
          "Re-ranking looks at one candidate or more, not at %d.".formatted(candidates));
    }
    if (by == By.LATE_INTERACTION
        && !(encoder instanceof Embedder || encoder instanceof Embedder.Fit)) {
      throw new IllegalArgumentException(
          "Late interaction needs a vector for each word, which only an Embedder gives: give one, or rerank by int8.");
    }
  }

  /// The same with another encoder.
  public Reranked encoder(EncoderSource encoder) {
    return new Reranked(of, candidates, by, encoder);
  }

  @Override
  public String name() {
    return "%s > %s of %d"
        .formatted(of.name(), by == By.LATE_INTERACTION ? "late interaction" : "int8", candidates);
  }
}
