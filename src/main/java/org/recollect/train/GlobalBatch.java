package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.train.Chunk.Piece;

/// Texts of different lengths whose mean loss one optimiser step descends. Every prediction counts
/// the same, in whatever pass it is made.
///
/// @param texts token ids `[texts][length + 1]`: what is read, and behind it the last target
public record GlobalBatch(List<int[]> texts) {

  public GlobalBatch {
    texts = List.copyOf(texts);
    if (texts.isEmpty() || texts.stream().anyMatch(text -> text.length < 2)) {
      throw new IllegalArgumentException(
          "A batch has at least one text, and a text one token to read and one to predict: leave shorter ones out.");
    }
  }

  /// Tokens to read of each text `[texts]`.
  public int[] lengths() {
    return texts.stream().mapToInt(text -> text.length - 1).toArray();
  }

  /// Tokens to read, and to predict, in all.
  public int tokens() {
    return IntStream.of(lengths()).sum();
  }

  /// The same texts, none with more than so many tokens to read.
  public GlobalBatch cutAt(int length) {
    return new GlobalBatch(
        texts.stream()
            .map(text -> Arrays.copyOf(text, Math.min(text.length, length + 1)))
            .toList());
  }

  /// What a pass reads, `[1][width]`; padding is token 0.
  NDArray inputs(NDManager manager, Chunk chunk) {
    return Memory.ofLongs(manager, gather(chunk, 0, 0), 1, chunk.width());
  }

  /// A pass's share of the batch's mean loss, in nats per prediction.
  ///
  /// @param hidden `[1][width][hiddenSize]`
  NDArray loss(LanguageModel model, NDArray hidden, Chunk chunk) {
    var targets = Memory.ofLongs(hidden.getManager(), gather(chunk, 1, Ops.IGNORED), chunk.width());
    var mean = Ops.crossEntropy(model.head(hidden).squeeze(0), targets);
    return Ops.scale(mean, (double) chunk.tokens() / tokens());
  }

  private long[] gather(Chunk chunk, int later, long padding) {
    long[] ids = new long[chunk.width()];
    Arrays.fill(ids, padding);
    int at = 0;
    for (Piece piece : chunk.pieces()) {
      for (int i = piece.from(); i < piece.to(); i++) {
        ids[at++] = texts.get(piece.text())[i + later];
      }
    }
    return ids;
  }
}
