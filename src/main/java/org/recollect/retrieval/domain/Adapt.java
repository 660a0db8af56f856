package org.recollect.retrieval.domain;

import java.util.List;

/// Ways to adapt a model to a domain, with the defaults that a [DomainStudy] is tried with. All
/// that are trained are tried at three rates; epochs and rates are *inferred*: the papers' are for
/// models a thousand times as large.
public final class Adapt {
  private static final int ROWS = 8;

  private static final Training ONCE = new Training(1, ROWS, 1e-3);

  private Adapt() {}

  /// All weights tuned, at 3e-4, 1e-3 and 3e-3.
  ///
  /// @param epochs over the domain's text
  public static Dapt dapt(int epochs) {
    return new Dapt(ONCE.epochs(epochs), List.of(3e-4, 1e-3, 3e-3));
  }

  /// LoRA of rank 8 and alpha 16 on queries and values, at 1e-3, 3e-3 and 1e-2.
  ///
  /// @param epochs over the domain's text
  public static LoraTuning lora(int epochs) {
    return new LoraTuning(8, 16, ONCE.epochs(epochs), List.of(1e-3, 3e-3, 1e-2));
  }

  /// A look-up beside the base.
  ///
  /// @param neighbours looked up for each token
  public static KnnLm knn(int neighbours) {
    return new KnnLm(neighbours);
  }

  /// Passages of 64 tokens before the text, found by the last 32 read and looked for again every 32
  /// tokens; validation chooses one, two or four of them, or none.
  public static InContext inContext() {
    return new InContext(32, 32, 64, List.of(1, 2, 4));
  }

  /// A small decoder that imitates a look-up by half of its loss, at 3e-4, 1e-3 and 3e-3.
  ///
  /// @param neighbours looked up for each place
  /// @param epochs over the domain's text; up to 70 in the released code
  public static MemoryDecoder memory(int neighbours, int epochs) {
    return new MemoryDecoder(
        new Imitation(0.5), neighbours, ONCE.epochs(epochs), List.of(3e-4, 1e-3, 3e-3));
  }
}
