package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class SisaTest {

  /// A model is the list of all that it was shown, in order.
  private static final class Diary implements Sisa.Learner<List<Integer>> {
    final List<Integer> sizes = new ArrayList<>();
    int kept;

    @Override
    public List<Integer> start(int shard) {
      kept++;
      return List.of();
    }

    @Override
    public List<Integer> train(List<Integer> from, int[] samples) {
      kept++;
      sizes.add(samples.length);
      var seen = new ArrayList<>(from);
      Arrays.stream(samples).forEach(seen::add);
      return seen;
    }

    @Override
    public void release(List<Integer> model) {
      kept--;
    }
  }

  @Test
  void slicesAreShownWithThoseBeforeThem() {
    var diary = new Diary();
    try (var sisa = new Sisa<>(diary, 12, 2, 3, 1)) {
      assertEquals(List.of(2, 4, 6, 2, 4, 6), diary.sizes);
      assertEquals(8, diary.kept); // in each shard one before and three after
      var shards = models(sisa);
      var all = new TreeSet<Integer>();
      shards.forEach(all::addAll);
      assertEquals(12, all.size());
      assertEquals(6, Set.copyOf(shards.get(0)).size(), "shards share no sample");
    }
    assertEquals(0, diary.kept);
  }

  @Test
  void whatIsForgottenWasNeverSeenByAnyModel() {
    var diary = new Diary();
    try (var sisa = new Sisa<>(diary, 12, 2, 3, 2)) {
      var before = models(sisa);
      int first = before.get(0).getFirst(); // in the first slice: all of its shard is done again
      diary.sizes.clear();
      assertEquals(1 + 3 + 5, sisa.forget(first));
      assertEquals(List.of(1, 3, 5), diary.sizes);
      int last = before.get(1).getLast(); // in the last slice: only that is done again
      assertEquals(5, sisa.forget(last));
      var after = models(sisa);
      assertTrue(after.stream().noneMatch(seen -> seen.contains(first) || seen.contains(last)));
      assertEquals(before.get(1).subList(0, 6), after.get(1).subList(0, 6));
      assertEquals(8, diary.kept);
      assertEquals(0, sisa.forget());
      assertThrows(IllegalArgumentException.class, () -> sisa.forget(first));
      int other = after.get(0).getFirst();
      assertThrows(IllegalArgumentException.class, () -> sisa.forget(other, other));
      assertEquals(after, models(sisa));
    }
  }

  @Test
  void aSliceMayRunEmpty() {
    try (var sisa = new Sisa<>(new Diary(), 3, 3, 1, 3)) {
      sisa.forget(0, 1, 2);
      assertEquals(List.of(List.of(), List.of(), List.of()), models(sisa));
    }
  }

  @Test
  void probabilitiesAreAveraged() {
    var diary = new Diary();
    try (var sisa = new Sisa<>(diary, 4, 2, 1, 4)) {
      var first = models(sisa).get(0);
      double[] mean =
          sisa.probabilities(
              model -> model.equals(first) ? new double[] {1, 0} : new double[] {0.5, 0.5});
      assertArrayEquals(new double[] {0.75, 0.25}, mean);
    }
    assertThrows(IllegalArgumentException.class, () -> new Sisa<>(diary, 5, 2, 3, 1));
  }

  private static List<List<Integer>> models(Sisa<List<Integer>> sisa) {
    var models = new ArrayList<List<Integer>>();
    sisa.probabilities(model -> {
      models.add(model);
      return new double[1];
    });
    return models;
  }
}
