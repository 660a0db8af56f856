package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;

class StartTest {

  private static Start start(int lessons) {
    var general =
        IntStream.range(0, lessons)
            .mapToObj(i -> new Lesson(Base.NO_TASK, i, new Question("q " + i, "a")))
            .toList();
    return new Start(null, TinyCourse.letters(), general, TinyCourse.RECIPE, 1);
  }

  @Test
  void fewGeneralLessonsAreFromEveryPart() {
    assertEquals(List.of(0, 25, 50, 75), indices(start(100).general(4)));
    assertEquals(List.of(0, 1, 2), indices(start(3).general(9)));
    assertEquals(7, indices(start(10).general(7)).stream().distinct().count());
  }

  private static List<Integer> indices(List<Lesson> lessons) {
    return lessons.stream().map(Lesson::index).toList();
  }

  @Test
  void baseThatKnowsNothingHasNone() {
    var failure = assertThrows(IllegalStateException.class, () -> start(0).general(1));
    assertTrue(failure.getMessage().contains("take a base that has learned something"));
  }
}
