package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recollect.continual.preference.Dpo;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;

class DpoTest {
  private static final TaskStream STREAM = TinyCourse.letters();

  /// The letters after those of the right answer.
  static Map<String, String> worse() {
    var worse = new HashMap<String, String>();
    for (Lesson lesson : STREAM.lessons()) {
      var question = (Question) lesson.example();
      var letters = new StringBuilder();
      for (String letter : question.content().strip().split(" ")) {
        letters.append(' ').append((char) ('a' + (letter.charAt(0) - 'a' + 1) % 5));
      }
      worse.put(question.prompt(), letters + " ;");
    }
    return worse;
  }

  @Test
  void theFirstLossOfEachTaskIsTheLogarithmOfTwo() {
    var losses = new ArrayList<Double>();
    try (var teacher =
        TinyCourse.teacher(Continual.dpo(0.2, worse()).and(new Reading(losses)), STREAM, 1)) {
      teacher.teach();
    }
    int steps = TinyCourse.RECIPE.steps();
    for (int task = 0; task < STREAM.size(); task++) {
      assertEquals(Math.log(2), losses.get(task * steps), 1e-6);
      assertTrue(losses.get(task * steps + steps - 1) < Math.log(2), losses.toString());
    }
  }

  @Test
  void learnsPlainlyAtFirst() {
    var one = STREAM.only(0);
    try (var plain = TinyCourse.teacher(Continual.sequential(), one, 1);
        var first = TinyCourse.teacher(Continual.dpo(0.2, worse()).after(1), one, 1)) {
      plain.teach();
      first.teach();
      assertEquals(plain.trainee().weights().digest(), first.trainee().weights().digest());
    }
  }

  private record Reading(List<Double> losses) implements Strategy {

    @Override
    public String name() {
      return "reading";
    }

    @Override
    public Hooks begin(Start start) {
      return new Hooks() {
        @Override
        public NDArray loss(List<Lesson> batch, NDArray loss) {
          losses.add((double) loss.getFloat());
          return loss;
        }
      };
    }
  }

  @Test
  void preferenceIsWhatTheAnswersGained() {
    var dpo = Continual.dpo(0.5, worse());
    try (var teacher = TinyCourse.teacher(dpo, STREAM, 1)) {
      teacher.teach();
      double better = teacher.hooks().figure(Dpo.BETTER_GAIN)[0];
      double other = teacher.hooks().figure(Dpo.WORSE_GAIN)[0];
      assertTrue(better > other, better + " " + other);
      assertTrue(teacher.hooks().figure(Dpo.PREFERRED)[0] > 0.5);
    }
  }

  @Test
  void needsAWorseAnswerToEveryQuestion() {
    try (var teacher = TinyCourse.teacher(Continual.dpo(0.2, Map.of()), STREAM, 1)) {
      assertThrows(IllegalStateException.class, teacher::teach);
    }
    assertThrows(IllegalArgumentException.class, () -> Continual.dpo(0, Map.of()));
  }
}
