package org.recollect.lab;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.kernel.DecodeAttention;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.Heads;
import org.recollect.kernel.KeyForm;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.kernel.KeyValuePage;
import org.recollect.kernel.Page;

/// Decode attention of this library over the pages of a format, a step for each key/value head.
public record PagedAttention(KeyValueFormat format, Decoding decoding, List<DecodeStep> steps) {

  private static final Heads HEADS = new Heads(1, Decoding.QUERIES, Decoding.HEAD_DIM);

  /// Codes the keys and values of a step.
  ///
  /// @param arena that the pages are allocated in
  public static PagedAttention of(Arena arena, KeyValueFormat format, Decoding decoding) {
    float[] queries = decoding.queries().clone();
    for (int i = 0; i < queries.length; i++) {
      queries[i] *= Decoding.scale();
    }
    var steps =
        IntStream.range(0, decoding.kvHeads())
            .mapToObj(_ ->
                new DecodeStep(
                    pages(arena, format, decoding), HEADS, new KeyForm.Turned(), queries, false))
            .toList();
    return new PagedAttention(format, decoding, steps);
  }

  /// Attending to all steps, as a side of a [Contest].
  ///
  /// @param suffix to the name of the format
  public Contender contender(String suffix, DecodeAttention attention) {
    return new Contender(
        format.name() + suffix,
        decoding.tokensAndHeads(),
        format.bytes(Decoding.HEAD_DIM),
        Round.of(() -> attention.attend(steps)));
  }

  /// `[QUERIES][HEAD_DIM]` of the last key/value head.
  public float[] output(DecodeAttention attention) {
    return attention.attend(steps).getLast().output();
  }

  /// The text is coded once, and copied where it repeats.
  private static List<KeyValuePage> pages(Arena arena, KeyValueFormat format, Decoding decoding) {
    var pages = new ArrayList<KeyValuePage>();
    int text = decoding.text() / Page.TOKENS;
    for (int i = 0; i < decoding.tokens() / Page.TOKENS; i++) {
      var keys = Page.keys(arena, format.keys(), 1, Decoding.HEAD_DIM, Page.TOKENS);
      var values = Page.values(arena, format.values(), 1, Decoding.HEAD_DIM, Page.TOKENS);
      if (i < text) {
        int from = i * Page.TOKENS * Decoding.HEAD_DIM;
        keys.write(0, decoding.keys(), from, Page.TOKENS);
        values.write(0, decoding.values(), from, Page.TOKENS);
      } else {
        keys.memory().copyFrom(pages.get(i - text).keys().memory());
        values.memory().copyFrom(pages.get(i - text).values().memory());
      }
      pages.add(new KeyValuePage(keys, values, Page.TOKENS, null));
    }
    return pages;
  }
}
