package org.recollect.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.kernel.DecodeAttention;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.Heads;
import org.recollect.kernel.KeyForm;
import org.recollect.kernel.KeyValuePage;
import org.recollect.kernel.Page;

/// Our decode attention over the pages of a codec, a step for each key/value head.
record PagedAttention(Codec codec, Decoding decoding, List<DecodeStep> steps) {

  private static final Heads HEADS = new Heads(1, Decoding.QUERIES, Decoding.HEAD_DIM);

  static PagedAttention of(Arena arena, Codec codec, Decoding decoding) {
    float[] queries = decoding.queries().clone();
    for (int i = 0; i < queries.length; i++) {
      queries[i] *= Decoding.scale();
    }
    var steps =
        IntStream.range(0, decoding.kvHeads())
            .mapToObj(_ ->
                new DecodeStep(
                    pages(arena, codec, decoding), HEADS, new KeyForm.Turned(), queries, false))
            .toList();
    return new PagedAttention(codec, decoding, steps);
  }

  /// @param suffix to the name of the codec
  Contender contender(String suffix, DecodeAttention attention) {
    return new Contender(
        codec.name() + suffix,
        decoding.tokensAndHeads(),
        codec.bytes(Decoding.HEAD_DIM),
        Round.of(() -> attention.attend(steps)));
  }

  /// `[QUERIES][HEAD_DIM]` of the last key/value head.
  float[] output(DecodeAttention attention) {
    return attention.attend(steps).getLast().output();
  }

  /// The text is coded once, and copied where it repeats.
  private static List<KeyValuePage> pages(Arena arena, Codec codec, Decoding decoding) {
    var pages = new ArrayList<KeyValuePage>();
    int text = decoding.text() / Page.TOKENS;
    for (int i = 0; i < decoding.tokens() / Page.TOKENS; i++) {
      var keys = Page.keys(arena, codec.keys(), 1, Decoding.HEAD_DIM, Page.TOKENS);
      var values = Page.values(arena, codec.values(), 1, Decoding.HEAD_DIM, Page.TOKENS);
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
