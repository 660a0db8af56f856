package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.SequenceSource.Sequence;

class BatchTest {

  @Test
  void shorterRowsAreFilledAtTheirEnds() {
    var batch =
        Batch.padded(
            List.of(
                new Sequence(new int[] {5, 6}, new float[] {2}),
                new Sequence(new int[] {7, 8, 9, 3}, new float[] {0, 1, 4})),
            1);
    assertEquals(2, batch.rows());
    assertEquals(3, batch.length());
    assertArrayEquals(new long[] {5, 6, 1, 7, 8, 9}, batch.inputs());
    assertArrayEquals(new long[] {6, 1, 1, 8, 9, 3}, batch.targets());
    assertArrayEquals(new float[] {2, 0, 0, 0, 1, 4}, batch.weights());
    assertEquals(7, batch.weight());
  }

  @Test
  void equalLengthsStayAsTheyAre() {
    var sequences = List.of(Sequence.even(new int[] {1, 2, 3}), Sequence.even(new int[] {4, 5, 6}));
    var plain = Batch.of(sequences, List.of("a", "b"));
    var padded = Batch.padded(sequences, 9);
    assertArrayEquals(plain.inputs(), padded.inputs());
    assertArrayEquals(plain.targets(), padded.targets());
    assertArrayEquals(plain.weights(), padded.weights());
  }

  /// What fills a row changes no loss: a causal model has read the row's own tokens before it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void fillingChangesNoLoss(long seed) {
    var config = new ModelConfig(20, 16, 32, 2, 2, 1, 8, 10_000, 1e-5, 32, true);
    var random = RandomStream.of(seed, "lengths");
    var sequences = new ArrayList<Sequence>();
    for (int row = 0; row < 4; row++) {
      sequences.add(
          Sequence.even(random.ints(random.nextInt(2, 12), 0, config.vocabSize()).toArray()));
    }
    try (var model = Models.random(config, seed);
        var _ = Torch.newScope()) {
      double apart = 0;
      double predictions = 0;
      for (var sequence : sequences) {
        var alone = Batch.padded(List.of(sequence), 0);
        apart += NextToken.loss(model, alone).getFloat() * alone.weight();
        predictions += alone.weight();
      }
      for (int filler : new int[] {0, 19}) {
        var together = Batch.padded(sequences, filler);
        assertEquals(predictions, together.weight(), "seed " + seed);
        assertEquals(
            apart / predictions, NextToken.loss(model, together).getFloat(), 1e-5, "seed " + seed);
      }
    }
  }

  @Test
  void anEmptyBatchIsRefused() {
    var refused = assertThrows(IllegalArgumentException.class, () -> Batch.padded(List.of(), 0));
    assertTrue(refused.getMessage().contains("at least one"), refused.getMessage());
  }
}
