package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.recollect.continual.adapter.Mora;
import org.recollect.data.TaskStream;
import org.recollect.model.GatedRanks;
import org.recollect.model.LoraStack;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class MoraTest {
  private static final int RANKS = 2;
  private static final int TASKS = 3;

  private static GatedRanks bank(Teacher teacher) {
    return (GatedRanks) teacher.trainee().overlays().getFirst();
  }

  @Test
  void eachTaskAddsRanksAndLeavesTheEarlierOnesAlone() {
    try (var teacher = TinyCourse.teacher(Continual.mora(RANKS), TinyCourse.letters(), 1)) {
      teacher.teach(1, Optional.empty());
      var first = bank(teacher).ranks().newest().weights().digest();
      teacher.teach();
      var loras = bank(teacher).ranks().loras();
      assertEquals(TASKS, loras.size());
      assertEquals(first, loras.getFirst().weights().digest());
      assertEquals(loras.getLast().weights().names(), teacher.trainee().trainable().names());
    }
  }

  @Test
  void growingTakesWeightFromTheOldRanksAtOnce() {
    var stream = TinyCourse.letters();
    try (var teacher = TinyCourse.teacher(Continual.mora(RANKS).dense(), stream, 1)) {
      teacher.teach(1, Optional.empty());
      float[] before = logits(teacher, stream);
      bank(teacher).ranks().grow(5);
      float[] after = logits(teacher, stream);
      assertNotEquals(0, distance(before, after), 1e-6);
    }
    try (var teacher = TinyCourse.teacher(Continual.oLora(RANKS), stream, 1)) {
      teacher.teach(1, Optional.empty());
      float[] before = logits(teacher, stream);
      ((LoraStack) teacher.trainee().overlays().getFirst()).grow(5);
      assertArrayEquals(before, logits(teacher, stream), 1e-5f);
    }
  }

  private static float[] logits(Teacher teacher, TaskStream stream) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      return Memory.toFloats(teacher.trainee().logits(stream.judged(0)));
    }
  }

  private static double distance(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs(a[i] - b[i]);
    }
    return sum;
  }

  /// With all ranks on every token's weights sum to 1, whatever they are.
  @Test
  void usageOfAllRanksSumsToOne() {
    try (var teacher = TinyCourse.teacher(Continual.mora(RANKS).dense(), TinyCourse.letters(), 1)) {
      teacher.teach();
      double[] usage = teacher.hooks().figure(Mora.RANK_USAGE);
      double[] own = teacher.hooks().figure(Mora.OWN_RANKS);
      assertEquals(TASKS * TASKS, usage.length);
      for (int task = 0; task < TASKS; task++) {
        double[] row = Arrays.copyOfRange(usage, TASKS * task, TASKS * (task + 1));
        assertEquals(1, Arrays.stream(row).sum(), 1e-5);
        assertEquals(row[task], own[task], 1e-5);
      }
      assertEquals(TASKS * RANKS, teacher.hooks().figure(Mora.ACTIVE_RANKS)[0], 1e-9);
    }
  }

  @Test
  void fewerRanksAreActiveWhereFewerMayBe() {
    var stream = TinyCourse.letters();
    try (var two = TinyCourse.teacher(Continual.mora(RANKS).threshold(-1), stream, 1);
        var one = TinyCourse.teacher(Continual.mora(RANKS).top(1).threshold(-1), stream, 1);
        var high = TinyCourse.teacher(Continual.mora(RANKS).threshold(.9), stream, 1)) {
      two.teach();
      one.teach();
      high.teach();
      assertEquals(2, two.hooks().figure(Mora.ACTIVE_RANKS)[0], 1e-9);
      assertEquals(1, one.hooks().figure(Mora.ACTIVE_RANKS)[0], 1e-9);
      assertTrue(high.hooks().figure(Mora.ACTIVE_RANKS)[0] < 1);
    }
  }

  @Test
  void figuresLeaveTheCourseAsItIs() {
    try (var teacher = TinyCourse.teacher(Continual.mora(RANKS), TinyCourse.letters(), 1)) {
      teacher.teach();
      var before = logits(teacher, TinyCourse.letters());
      teacher.hooks().figure(Mora.RANK_USAGE);
      assertArrayEquals(before, logits(teacher, TinyCourse.letters()));
    }
  }

  @Test
  void namesSayWhatDiffersFromTheUsual() {
    assertEquals("MoRA", Continual.mora(8).name());
    assertEquals("MoRA, all ranks", Continual.mora(8).dense().name());
    assertEquals("MoRA, k=R, threshold 0.0", Continual.mora(8).top(Mora.ALL).name());
    assertEquals("MoRA, k=4, threshold 0.1", Continual.mora(8).top(4).threshold(.1).name());
    assertThrows(IllegalArgumentException.class, () -> Continual.mora(8).top(0));
    assertThrows(IllegalArgumentException.class, () -> Continual.mora(8).threshold(2));
  }
}
