package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.LinearProbe;

class ConceptErasureTest {

  /// Labels cannot be told by any linear map any more, and directions that tell nothing stay.
  @Test
  void noLinearMapTellsTheLabelsAfterwards() {
    int hidden = 6;
    var random = RandomStream.of(3, "leace");
    var rows = new ArrayList<double[]>();
    var labels = new ArrayList<Integer>();
    for (int i = 0; i < 600; i++) {
      int label = i % 3;
      double[] row = new double[hidden];
      for (int d = 0; d < hidden; d++) {
        row[d] = random.nextGaussian() * (1 + d) + (d < 2 && label == d ? 8 : 0);
      }
      rows.add(row);
      labels.add(label);
    }
    var edit = ConceptErasure.leace(rows, labels, 3);
    float[] erased;
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      float[] flat = new float[rows.size() * hidden];
      for (int i = 0; i < flat.length; i++) {
        flat[i] = (float) rows.get(i / hidden)[i % hidden];
      }
      erased = Memory.toFloats(edit.apply(Memory.ofFloats(manager, flat, rows.size(), hidden)));
    }
    double[][] before = rows.toArray(double[][]::new);
    double[][] after = new double[rows.size()][hidden];
    double[][] means = new double[3][hidden];
    for (int i = 0; i < after.length; i++) {
      for (int d = 0; d < hidden; d++) {
        after[i][d] = erased[i * hidden + d];
        means[labels.get(i)][d] += after[i][d] / 200;
      }
    }
    // The means of all classes coincide, which is what guards against every linear map.
    assertArrayEquals(means[0], means[1], 1e-3);
    assertArrayEquals(means[0], means[2], 1e-3);
    int[] wanted = labels.stream().mapToInt(Integer::intValue).toArray();
    assertTrue(LinearProbe.fit(before, wanted, 0.01).accuracy(before, wanted) > 0.9);
    assertTrue(LinearProbe.fit(after, wanted, 0.01).accuracy(after, wanted) < 0.45);
  }

  @Test
  void layersAreEditedFromTheTopAndTheModelStays() {
    try (var full = TaughtWorld.full();
        var path = new ConceptErasure().begin(TaughtWorld.request(full, new Meter()))) {
      String before = full.weights().digest();
      var item = TaughtWorld.SPLIT.forget().getFirst();
      var exchange = List.of(Exchange.ask(full.tokenizer(), item.question()));
      assertArrayEquals(
          Respondent.of(full).logits(exchange).getFirst(),
          path.guarding(full).logits(exchange).getFirst(),
          1e-4f);
      double known = TaughtWorld.probability(path.guarding(full), TaughtWorld.SPLIT.forget());
      int steps = 0;
      while (path.advance()) {
        steps++;
      }
      assertEquals(full.config().layers(), steps);
      assertFalse(path.advance());
      double left = TaughtWorld.probability(path.guarding(full), TaughtWorld.SPLIT.forget());
      assertTrue(left < known, known + " before, " + left + " after");
      assertEquals(before, full.weights().digest());
    }
  }
}
