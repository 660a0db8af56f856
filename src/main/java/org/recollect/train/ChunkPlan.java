package org.recollect.train;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.train.Chunk.Piece;

/// How the texts of a global batch become passes.
///
/// @param chains passes that depend on each other stand in one chain, in the order in which the
///   text is read; a pass of whole texts is a chain by itself
public record ChunkPlan(List<List<Chunk>> chains) {

  public ChunkPlan {
    chains = chains.stream().map(List::copyOf).toList();
  }

  /// Every text in a pass of its own.
  ///
  /// @param lengths tokens of each text, at least one
  public static ChunkPlan single(int[] lengths) {
    return padded(lengths, 0);
  }

  /// Every text in a pass of its own with the room of the longest.
  public static ChunkPlan padded(int[] lengths) {
    return padded(lengths, longest(lengths));
  }

  private static ChunkPlan padded(int[] lengths, int width) {
    requireTokens(lengths);
    return new ChunkPlan(
        IntStream.range(0, lengths.length)
            .mapToObj(i ->
                List.of(
                    new Chunk(List.of(new Piece(i, 0, lengths[i])), Math.max(width, lengths[i]))))
            .toList());
  }

  /// Whole texts side by side in as few passes as long as the longest as will hold them.
  public static ChunkPlan packed(int[] lengths) {
    return chunked(lengths, longest(lengths));
  }

  /// Chunks of one size (ChunkFlow's construction): texts of up to `size` tokens are packed into
  /// few passes of at most as many; longer ones are cut into consecutive pieces of `size` tokens,
  /// the last of which may be shorter.
  ///
  /// @param size tokens, at least one
  public static ChunkPlan chunked(int[] lengths, int size) {
    requireTokens(lengths);
    if (size < 1) {
      throw new IllegalArgumentException(
          "A chunk has at least one token, not " + size + ": 256 is usual for short texts.");
    }
    var chains = new ArrayList<List<Chunk>>();
    var bins = new ArrayList<List<Piece>>();
    for (int text : descending(lengths)) {
      var whole = new Piece(text, 0, lengths[text]);
      if (whole.tokens() > size) {
        chains.add(cut(whole, size));
      } else {
        firstThatHolds(whole, bins, size).add(whole);
      }
    }
    bins.forEach(bin -> chains.add(List.of(Chunk.of(bin))));
    return new ChunkPlan(chains);
  }

  private static List<Chunk> cut(Piece whole, int size) {
    return IntStream.iterate(0, from -> from < whole.to(), from -> from + size)
        .mapToObj(from -> new Piece(whole.text(), from, Math.min(from + size, whole.to())))
        .map(piece -> Chunk.of(List.of(piece)))
        .toList();
  }

  /// First fit: with texts that come in descending order, about 11/9 of the fewest bins at most
  /// (Johnson, "Near-optimal bin packing algorithms", 1973).
  private static List<Piece> firstThatHolds(Piece piece, List<List<Piece>> bins, int size) {
    for (var bin : bins) {
      if (bin.stream().mapToInt(Piece::tokens).sum() + piece.tokens() <= size) {
        return bin;
      }
    }
    bins.add(new ArrayList<>());
    return bins.getLast();
  }

  private static List<Integer> descending(int[] lengths) {
    return IntStream.range(0, lengths.length)
        .boxed()
        .sorted(Comparator.comparingInt((Integer text) -> -lengths[text]))
        .toList();
  }

  /// All passes.
  public List<Chunk> chunks() {
    return chains.stream().flatMap(List::stream).toList();
  }

  /// Tokens of the longest text that is read in several passes, except those of its last: whose
  /// keys and values must be kept.
  int keptTokens() {
    return chains.stream().mapToInt(chain -> chain.getLast().first().from()).max().orElse(0);
  }

  private static int longest(int[] lengths) {
    return IntStream.of(lengths).max().orElse(0);
  }

  private static void requireTokens(int[] lengths) {
    if (lengths.length == 0 || IntStream.of(lengths).anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException(
          "A batch has at least one text, and a text at least one token to read: leave empty ones out.");
    }
  }
}
