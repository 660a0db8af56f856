package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.Chunk.Piece;

class ChunkPlanTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void everyTokenIsReadOnceAndNoPassIsTooLong(long seed) {
    var random = RandomStream.of(seed, "plan");
    int[] lengths = random.ints(1 + random.nextInt(30), 1, 60).toArray();
    int size = 1 + random.nextInt(40);
    for (var plan :
        List.of(
            ChunkPlan.chunked(lengths, size),
            ChunkPlan.single(lengths),
            ChunkPlan.padded(lengths),
            ChunkPlan.packed(lengths))) {
      int[][] read = new int[lengths.length][];
      for (int text = 0; text < read.length; text++) {
        read[text] = new int[lengths[text]];
      }
      for (var chunk : plan.chunks()) {
        chunk
            .pieces()
            .forEach(piece ->
                IntStream.range(piece.from(), piece.to()).forEach(i -> read[piece.text()][i]++));
      }
      for (int[] counts : read) {
        assertTrue(IntStream.of(counts).allMatch(count -> count == 1));
      }
    }
    assertTrue(ChunkPlan.chunked(lengths, size).chunks().stream().allMatch(c -> c.width() <= size));
  }

  @Test
  void aTextOfExactlyOneChunkIsNotCut() {
    assertEquals(
        List.of(List.of(new Chunk(List.of(new Piece(0, 0, 8)), 8))),
        ChunkPlan.chunked(new int[] {8}, 8).chains());
    assertEquals(
        List.of(
            List.of(
                new Chunk(List.of(new Piece(0, 0, 8)), 8),
                new Chunk(List.of(new Piece(0, 8, 9)), 1))),
        ChunkPlan.chunked(new int[] {9}, 8).chains());
  }

  /// 6 + 4 and 5 + 3 + 2 fill two bins of ten.
  @Test
  void shortTextsArePackedInDescendingOrder() {
    assertEquals(
        List.of(List.of(6, 4), List.of(5, 3, 2)),
        ChunkPlan.chunked(new int[] {2, 3, 4, 5, 6}, 10).chunks().stream()
            .map(chunk -> chunk.pieces().stream().map(Piece::tokens).toList())
            .toList());
  }

  @Test
  void paddingIsTheRoomOfTheLongest() {
    assertEquals(
        List.of(7, 7, 7),
        ChunkPlan.padded(new int[] {2, 7, 3}).chunks().stream().map(Chunk::width).toList());
  }

  @Test
  void textsThatShareAPassBeginAnewAndSeeThemselves() {
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var chunk = Chunk.of(List.of(new Piece(3, 0, 2), new Piece(1, 0, 1)));
      var placement = chunk.placement(manager);
      assertArrayEquals(new int[] {0, 1, 0}, placement.positions());
      float none = Float.NEGATIVE_INFINITY;
      assertArrayEquals(
          new float[] {0, none, none, 0, 0, none, none, none, 0},
          Memory.toFloats(placement.mask()));
    }
  }

  @Test
  void emptyTextsAndChunksAreRefused() {
    assertEquals(
        "A batch has at least one text, and a text at least one token to read: leave empty ones out.",
        assertThrows(IllegalArgumentException.class, () -> ChunkPlan.chunked(new int[] {3, 0}, 2))
            .getMessage());
    assertThrows(IllegalArgumentException.class, () -> ChunkPlan.chunked(new int[] {3}, 0));
    assertThrows(IllegalArgumentException.class, () -> ChunkPlan.single(new int[0]));
    assertThrows(IllegalArgumentException.class, () -> new Chunk(List.of(new Piece(0, 0, 3)), 2));
  }
}
