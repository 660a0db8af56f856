package org.recollect.train;

import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.model.Placement;
import org.recollect.tensor.Memory;

/// What one pass of a training step reads: parts of texts, one behind the other. No part sees
/// another, and each has the positions that it has in its text.
///
/// @param pieces the parts, at least one
/// @param width tokens that the pass has room for; what the pieces leave is padding
public record Chunk(List<Piece> pieces, int width) {

  /// Consecutive tokens of a text.
  ///
  /// @param text its index in the batch
  /// @param from the first token
  /// @param to the one behind the last
  public record Piece(int text, int from, int to) {

    public int tokens() {
      return to - from;
    }
  }

  public Chunk {
    pieces = List.copyOf(pieces);
    int tokens = pieces.stream().mapToInt(Piece::tokens).sum();
    if (tokens < 1 || width < tokens) {
      throw new IllegalArgumentException(
          "A pass of width %d cannot read %d tokens: give it at least one, and room for all."
              .formatted(width, tokens));
    }
  }

  /// A pass without padding.
  static Chunk of(List<Piece> pieces) {
    return new Chunk(pieces, pieces.stream().mapToInt(Piece::tokens).sum());
  }

  /// Tokens of texts, without the padding.
  public int tokens() {
    return pieces.stream().mapToInt(Piece::tokens).sum();
  }

  /// The first piece, which is all there is in a part of a long text.
  Piece first() {
    return pieces.getFirst();
  }

  /// Where the tokens stand if nothing came before them. The padding, at the end, follows on the
  /// last piece, where no token of a text sees it.
  Placement placement(NDManager manager) {
    if (pieces.size() == 1) {
      return Placement.after(first().from(), width, List.of());
    }
    return new Placement(
        positions(), Memory.ofFloats(manager, blockDiagonal(), width, width), List.of());
  }

  private int[] positions() {
    var ofTexts = pieces.stream().flatMapToInt(piece -> IntStream.range(piece.from(), piece.to()));
    int end = pieces.getLast().to();
    return IntStream.concat(ofTexts, IntStream.range(end, end + width - tokens())).toArray();
  }

  /// Zero where a token sees another: itself and those before it in its piece; minus infinity
  /// elsewhere, `[width][width]`.
  private float[] blockDiagonal() {
    float[] mask = new float[width * width];
    Arrays.fill(mask, Float.NEGATIVE_INFINITY);
    int begin = 0;
    for (Piece piece : pieces) {
      int end = piece == pieces.getLast() ? width : begin + piece.tokens();
      for (int query = begin; query < end; query++) {
        Arrays.fill(mask, query * width + begin, query * width + query + 1, 0);
      }
      begin = end;
    }
    return mask;
  }
}
