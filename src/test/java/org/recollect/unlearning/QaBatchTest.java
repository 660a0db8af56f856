package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class QaBatchTest {

  /// The mean of weighted losses, item by item.
  @Test
  void itemsCountAsMuchAsTheyAreSaidTo() {
    var split = FictiBio.of(3).persons(10).forget(0.1);
    var items = split.forget().subList(0, 4);
    double[] importance = {0, 0.5, 1, 2.5};
    try (var model = Learner.blank(32, 1).beginner(List.of(texts(split.forget())), 1);
        var _ = Torch.newScope()) {
      var batch = QaBatch.of(model, items);
      double[] losses = new double[4];
      Arrays.setAll(
          losses, i -> QaBatch.of(model, items.subList(i, i + 1)).meanLoss(model).getFloat());
      assertEquals(mean(losses, 1, 1, 1, 1), batch.meanLoss(model).getFloat(), 1e-5);
      var weighed = batch.weighing(item -> importance[items.indexOf(item)]);
      assertEquals(mean(losses, importance), weighed.meanLoss(model).getFloat(), 1e-5);
      var byItem = Memory.ofFloats(QaBatch.manager(model), new float[] {1, 2, 3, 4});
      assertEquals(3.5, weighed.mean(model, byItem).getFloat(), 1e-6);
      assertEquals(2.5, batch.mean(model, byItem).getFloat(), 1e-6);
    }
  }

  @Test
  void answersAreReadRowAfterRow() {
    var split = FictiBio.of(3).persons(10).forget(0.1);
    var items = split.forget().subList(0, 3);
    try (var model = Learner.blank(32, 1).beginner(List.of(texts(split.forget())), 1);
        var _ = Torch.newScope()) {
      var batch = QaBatch.of(model, items);
      float[] together = Memory.toFloats(batch.answerLogits(model));
      int[] rows = batch.rowsOfAnswers();
      int vocabulary = together.length / rows.length;
      int from = 0;
      for (int row = 0; row < 3; row++) {
        var text = QaText.of(model.tokenizer(), items.get(row).question(), items.get(row).answer());
        float[] alone = Respondent.of(model).logits(List.of(text.withoutLast())).getFirst();
        assertArrayEquals(
            alone, Arrays.copyOfRange(together, from, from + alone.length), 1e-5f, "row " + row);
        assertEquals(row, rows[from / vocabulary]);
        from += alone.length;
      }
      assertEquals(together.length, from);
    }
  }

  private static double mean(double[] losses, double... importance) {
    double sum = 0;
    for (int i = 0; i < losses.length; i++) {
      sum += importance[i] * losses[i] / losses.length;
    }
    return sum;
  }

  private static String texts(List<org.recollect.data.QaItem> items) {
    var text = new StringBuilder();
    items.forEach(
        item -> text.append(item.question()).append(' ').append(item.answer()).append(' '));
    return text.toString();
  }
}
