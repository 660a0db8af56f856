package org.recollect.continual.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.HashMap;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.continual.Base;
import org.recollect.continual.LessonBatches;
import org.recollect.continual.Recipe;
import org.recollect.continual.Start;
import org.recollect.data.Example.Question;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class GeneralReplayTest {
  private static final Task GENERAL = task("general", 'a', 'f');
  private static final TaskStream STREAM =
      TaskStream.of("one", Scenario.DOMAIN_INCREMENTAL, List.of(task("new", 'g', 'm')));

  private static Task task(String name, char from, char to) {
    var questions =
        IntStream.rangeClosed(from, to)
            .mapToObj(letter -> new Question(name + " " + (char) letter, " " + (char) letter))
            .toList();
    return new Task(name, List.copyOf(questions), List.copyOf(questions.subList(0, 1)));
  }

  private static Start start(List<Lesson> general) {
    var trainee =
        Base.words(24, 1).taught(GENERAL, Recipe.of(1, 4, 1e-3)).begin(STREAM, 1, new Meter());
    return new Start(trainee, STREAM, general, Recipe.of(4, 3, 1e-3), 1);
  }

  /// The set is exhausted before a sample comes again, also across the borders of batches.
  @ParameterizedTest
  @CsvSource({"6, 2", "6, 4", "5, 3", "3, 7", "1, 2"})
  void everySampleComesInTurn(int samples, int rows) {
    var general = Base.lessons(GENERAL).subList(0, samples);
    var batches = new LessonBatches(general, rows, RandomStream.of(7, "turns"));
    var counts = new HashMap<Lesson, Integer>();
    for (int step = 0; step < 30; step++) {
      var batch = batches.next();
      assertEquals(rows, batch.size());
      batch.forEach(lesson -> counts.merge(lesson, 1, Integer::sum));
      int least = general.stream().mapToInt(each -> counts.getOrDefault(each, 0)).min().orElse(0);
      int most = counts.values().stream().mapToInt(count -> count).max().orElse(0);
      assertEquals(0, Math.max(0, most - least - 1), "after " + (step + 1));
    }
  }

  /// With one sample in the set, what is minimised is known: its loss and the batch's, by number.
  @Test
  void lossIsTheMeanOverNewAndGeneral() {
    var start = start(Base.lessons(GENERAL));
    try (var trainee = start.trainee();
        var hooks = new GeneralReplay(1, 2).begin(start);
        var _ = Torch.newScope()) {
      var experience = STREAM.experiences().getFirst();
      var batch = experience.lessons().subList(0, 3);
      hooks.beforeTask(experience);
      double fresh = trainee.loss(batch).getFloat();
      double general = trainee.loss(start.general(1)).getFloat();
      double sum = hooks.loss(batch, trainee.loss(batch)).getFloat();
      assertEquals((3 * fresh + 2 * general) / 5, sum, 1e-5);
    }
  }

  @Test
  void aBaseThatKnowsNothingIsRefused() {
    var start = start(List.of());
    try (var _ = start.trainee()) {
      assertThrows(IllegalStateException.class, () -> new GeneralReplay(5, 2).begin(start));
    }
    assertThrows(IllegalArgumentException.class, () -> new GeneralReplay(0, 2));
    assertThrows(IllegalArgumentException.class, () -> new GeneralReplay(5, 0));
  }

  /// A course that goes on another day needs nothing but the number of the experience.
  @Test
  void samplesOfAnExperienceAreTheSameOnAnotherDay() {
    var start = start(Base.lessons(GENERAL));
    try (var trainee = start.trainee();
        var one = new GeneralReplay(6, 2).begin(start);
        var other = new GeneralReplay(6, 2).begin(start);
        var _ = Torch.newScope()) {
      var lessons = STREAM.experiences().getFirst().lessons();
      var second = new Experience(1, 0, lessons);
      one.beforeTask(STREAM.experiences().getFirst());
      one.loss(lessons, trainee.loss(lessons));
      one.beforeTask(second);
      other.beforeTask(second);
      for (int step = 0; step < 4; step++) {
        assertEquals(
            one.loss(lessons, trainee.loss(lessons)).getFloat(),
            other.loss(lessons, trainee.loss(lessons)).getFloat());
      }
    }
  }
}
