package org.recollect.kernel;

import java.util.List;

/// What one decode step of heads that keep the same tokens reads: the pages of these tokens and the
/// queries that meet them.
///
/// @param pages in any order and in any mixture of formats; all have the channels of `heads`
/// @param heads of the pages and queries
/// @param keys how the pages store keys
/// @param queries `[queryHeads][headDim]`, finite, scaled by `1/sqrt(headDim)` and turned to their
///   position; where keys are stored turned, also in the basis of the keys
/// @param statistics whether to say where attention went
public record DecodeStep(
    List<KeyValuePage> pages, Heads heads, KeyForm keys, float[] queries, boolean statistics) {

  /// @throws IllegalArgumentException if shapes do not fit together, there is no token to attend
  ///   to, or a query is not finite
  public DecodeStep {
    pages = List.copyOf(pages);
    for (var page : pages) {
      if (page.keys().channels() != heads.channels() || page.values().panels() != heads.kvHeads()) {
        throw new IllegalArgumentException(
            "A page has %d channels and %d heads of values, but the step is for %d heads of %d."
                .formatted(
                    page.keys().channels(),
                    page.values().panels(),
                    heads.kvHeads(),
                    heads.headDim()));
      }
      if (keys instanceof KeyForm.BeforeRope && page.positions() == null) {
        throw new IllegalArgumentException(
            "Keys stored before RoPE are turned when they are read: give the positions of each page's tokens.");
      }
    }
    if (pages.stream().mapToInt(KeyValuePage::tokens).sum() == 0) {
      throw new IllegalArgumentException(
          "A decode step attends to at least one token, and these pages hold none: append the token itself first.");
    }
    requireQueries(queries, heads);
  }

  /// Tokens in all pages.
  public int tokens() {
    return pages.stream().mapToInt(KeyValuePage::tokens).sum();
  }

  private static void requireQueries(float[] queries, Heads heads) {
    if (queries.length != heads.queryHeads() * heads.headDim()) {
      throw new IllegalArgumentException(
          "%d query heads of %d channels are %d numbers, not %d."
              .formatted(
                  heads.queryHeads(),
                  heads.headDim(),
                  heads.queryHeads() * heads.headDim(),
                  queries.length));
    }
    for (float x : queries) {
      if (!Float.isFinite(x)) {
        throw new IllegalArgumentException("A query holds " + x + ": it must be finite.");
      }
    }
  }
}
