package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The paper's example of four stages and texts of 4, 2, 1 and 1 units.
class PipelineTest {

  private static final Pipeline PIPELINE = new Pipeline(4);
  private static final int[] LENGTHS = {4, 2, 1, 1};

  @Test
  void textsOfUnequalLengthsLeaveBubbles() {
    var timeline = PIPELINE.run(ChunkPlan.single(LENGTHS), 1);
    assertEquals(56, timeline.makespan());
    assertEquals(24, timeline.work());
    assertEquals(4 / 7.0, timeline.bubbles(), 1e-12); // 57.14 %
  }

  @Test
  void textsOfOneLengthLeaveFewer() {
    var timeline = PIPELINE.run(ChunkPlan.single(new int[] {2, 2, 2, 2}), 1);
    assertEquals(42, timeline.makespan());
    assertEquals(3 / 7.0, timeline.bubbles(), 1e-12); // 42.86 %
  }

  @Test
  void twoLiveChunksGiveThePapersFigure() {
    var timeline = PIPELINE.run(ChunkPlan.chunked(LENGTHS, 2), 2);
    assertEquals(46, timeline.makespan());
    assertEquals(0, timeline.rework());
    assertEquals(0.478, timeline.bubbles(), 5e-4);
  }

  /// The paper has 54.1 %, between the two: what it does with the time of the pass that is run
  /// again is not known.
  @Test
  void oneLiveChunkComesCloseToThePapersFigure() {
    var timeline = PIPELINE.run(ChunkPlan.chunked(LENGTHS, 2), 1);
    assertEquals(54, timeline.makespan());
    assertEquals(2, timeline.rework());
    assertEquals(1 - 26 / 54.0, timeline.bubbles(), 1e-12);
    assertEquals(1 - 24 / 54.0, timeline.loss(), 1e-12);
  }

  /// With `m` equal passes, `p - 1` of `m + p - 1` slots are empty (Narayanan et al., 2021).
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5", "2, 7", "4, 1", "4, 9", "6, 3"})
  void equalPassesGiveTheKnownFormula(int stages, int passes) {
    int[] lengths = new int[passes];
    Arrays.fill(lengths, 3);
    assertEquals(
        (stages - 1.0) / (passes + stages - 1),
        new Pipeline(stages).run(ChunkPlan.single(lengths), 1).bubbles(),
        1e-12);
  }

  /// One stage is never idle, whatever the order.
  @Test
  void oneStageIsBusy() {
    var timeline = new Pipeline(1).run(ChunkPlan.chunked(new int[] {9, 30, 2}, 4), 1);
    assertEquals(0, timeline.bubbles(), 1e-12);
    assertEquals(3 * 41, timeline.work());
    assertEquals(8 + 28, timeline.rework());
  }

  @Test
  void aPipelineHasAStage() {
    assertThrows(IllegalArgumentException.class, () -> new Pipeline(0));
  }
}
