package org.recollect.unlearning.skill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.ChoiceSkill;
import org.recollect.data.MultipleChoice;
import org.recollect.data.QaItem;

class RelabellingTest {
  private static final List<MultipleChoice> ITEMS = ChoiceSkill.COLOUR.items(1000, 1);

  private static double right(Relabelling relabelling, long seed) {
    var relabelled = relabelling.relabelled(ITEMS, seed);
    long right = 0;
    for (int i = 0; i < ITEMS.size(); i++) {
      assertEquals(ITEMS.get(i).question(), relabelled.get(i).question());
      right += relabelled.get(i).answer().equals(ITEMS.get(i).right()) ? 1 : 0;
    }
    return right / 1000.0;
  }

  @Test
  void labelsAreRightHalfOfTheTimeNeverOrAlways() {
    // Four standard deviations of a thousand tosses of a coin.
    assertEquals(0.5, right(Relabelling.random(), 7), 0.064, "seed 7");
    assertEquals(0, right(Relabelling.flipped(), 7));
    assertEquals(1, right(Relabelling.ascent(), 7));
  }

  @Test
  void labelsAreDrawnOnceAndForAll() {
    var random = Relabelling.random();
    List<QaItem> labels = random.relabelled(ITEMS, 3);
    assertEquals(labels, random.relabelled(ITEMS, 3));
    assertEquals(labels.subList(0, 100), random.relabelled(ITEMS.subList(0, 100), 3));
    assertNotEquals(labels, random.relabelled(ITEMS, 4));
  }

  /// Known .9, now .6: of .4 above chance .3 are gone. Flipped, .9 could fall to .1.
  @Test
  void ratiosByHand() {
    double[] before = {1, 1, 1, 1, 1, 1, 1, 1, 1, 0};
    double[] after = {1, 1, 1, 1, 1, 0, 0, 0, 0, 1};
    double[] ratios = Schooling.ratios(Relabelling.random(), before, after);
    assertEquals(0.75, Arrays.stream(ratios).average().orElseThrow(), 1e-12);
    assertArrayEquals(new double[] {0, 2.5, -2.5}, pick(ratios, 0, 8, 9), 1e-12);
    double[] flipped = Schooling.ratios(Relabelling.flipped(), before, after);
    assertEquals(0.375, Arrays.stream(flipped).average().orElseThrow(), 1e-12);
  }

  private static double[] pick(double[] values, int... at) {
    return Arrays.stream(at).mapToDouble(i -> values[i]).toArray();
  }

  @Test
  void refusesWhatTrainsNothing() {
    assertThrows(IllegalArgumentException.class, () -> Relabelling.random().epochs(0));
    assertThrows(IllegalArgumentException.class, () -> Relabelling.random().rate(0));
  }
}
