package org.recollect.continual.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;
import org.recollect.tensor.RandomStream;

class ReservoirTest {

  private static Lesson lesson(int index) {
    return new Lesson(0, index, new Question("q " + index, "a"));
  }

  @Test
  void everyLessonIsKeptWithTheSameProbability() {
    int lessons = 40;
    int size = 10;
    int runs = 4000;
    int[] kept = new int[lessons];
    for (int run = 0; run < runs; run++) {
      var memory = new Reservoir(size, RandomStream.of(run, "reservoir"));
      for (int i = 0; i < lessons; i++) {
        memory.offer(lesson(i));
      }
      assertEquals(size, memory.lessons().size());
      memory.lessons().forEach(each -> kept[each.index()]++);
    }
    double share = (double) size / lessons;
    double deviation = Math.sqrt(runs * share * (1 - share));
    for (int i = 0; i < lessons; i++) {
      assertEquals(runs * share, kept[i], 4.5 * deviation, "lesson " + i);
    }
  }

  @Test
  void lessonMetAgainDoesNotCount() {
    var memory = new Reservoir(3, RandomStream.of(1, "reservoir"));
    for (int round = 0; round < 5; round++) {
      for (int i = 0; i < 3; i++) {
        assertEquals(round == 0, memory.offer(lesson(i)).isPresent());
      }
    }
    assertEquals(3, new HashSet<>(memory.lessons()).size());
  }

  @Test
  void drawsDifferentLessonsWhereThereAreEnough() {
    var memory = new Reservoir(6, RandomStream.of(1, "reservoir"));
    for (int i = 0; i < 6; i++) {
      memory.offer(lesson(i));
    }
    for (int draw = 0; draw < 20; draw++) {
      assertEquals(4, Arrays.stream(memory.draw(4)).distinct().count());
    }
    int[] many = memory.draw(50);
    assertEquals(50, many.length);
    assertTrue(Arrays.stream(many).allMatch(slot -> slot >= 0 && slot < 6));
  }

  @Test
  void hasRoomForOneAtLeast() {
    assertThrows(
        IllegalArgumentException.class, () -> new Reservoir(0, RandomStream.of(1, "reservoir")));
  }
}
