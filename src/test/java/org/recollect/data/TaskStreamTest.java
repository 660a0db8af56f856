package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Picture;
import org.recollect.data.Example.Question;

class TaskStreamTest {

  private static final Comparator<Lesson> PLACES =
      Comparator.comparingInt(Lesson::task).thenComparingInt(Lesson::index);

  private static Task task(String name, int learned) {
    var train =
        IntStream.range(0, learned)
            .mapToObj(i -> (Example) new Question(name + " " + i, " " + i))
            .toList();
    return new Task(name, train, List.of(new Question(name + " ?", " yes")));
  }

  private static TaskStream stream() {
    return TaskStream.of(
        "letters",
        Scenario.DOMAIN_INCREMENTAL,
        List.of(task("a", 10), task("b", 20), task("c", 30)));
  }

  private static List<Lesson> inPlace(Stream<Lesson> lessons) {
    return lessons.sorted(PLACES).toList();
  }

  @Test
  void learnsEachTaskOnceInOrder() {
    var stream = stream();
    assertEquals(3, stream.experiences().size());
    var second = stream.experiences().get(1);
    assertEquals(1, second.task());
    assertEquals(stream.lesson(1, 7), second.lessons().get(7));
    assertEquals(60, stream.lessons().size());
    assertEquals(List.of(new Lesson(2, 0, new Question("c ?", " yes"))), stream.judged(2));
  }

  @Test
  void ordersTasksAnew() {
    var stream = stream().ordered(2, 0, 1);
    assertEquals(List.of("c", "a", "b"), stream.tasks().stream().map(Task::name).toList());
    assertEquals(0, stream.experiences().getFirst().task());
    assertEquals(stream().digest(), stream().shuffled(0).digest());
    var orders = new HashSet<List<String>>();
    for (int seed = 1; seed <= 20; seed++) {
      orders.add(stream().shuffled(seed).tasks().stream().map(Task::name).toList());
    }
    assertTrue(orders.size() > 3, orders.toString());
    assertThrows(IllegalArgumentException.class, () -> stream().ordered(0, 0, 1));
  }

  @Test
  void blurredBordersKeepEveryLessonAndEverySize() {
    var sharp = stream();
    var blurry = sharp.blurry(0.3, 7);
    assertEquals(inPlace(sharp.lessons().stream()), inPlace(blurry.lessons().stream()));
    for (int i = 0; i < 3; i++) {
      int task = i;
      var lessons = blurry.experiences().get(i).lessons();
      int size = sharp.experiences().get(i).lessons().size();
      assertEquals(size, lessons.size());
      long own = lessons.stream().filter(lesson -> lesson.task() == task).count();
      assertTrue(own >= Math.round(0.7 * size), own + " of " + size);
    }
    assertTrue(
        blurry.experiences().stream()
            .anyMatch(
                each -> each.lessons().stream().anyMatch(lesson -> lesson.task() != each.task())));
    assertEquals(sharp.tasks(), blurry.tasks());
    assertEquals(
        inPlace(sharp.experiences().get(2).lessons().stream()),
        inPlace(sharp.blurry(0, 7).experiences().get(2).lessons().stream()));
    assertThrows(IllegalArgumentException.class, () -> sharp.blurry(1.1, 7));
  }

  @Test
  void recurringTasksAreEachMetAsOften() {
    var recurring = stream().recurring(4, 3);
    assertEquals(12, recurring.experiences().size());
    assertEquals(List.of(0, 1, 2), tasksMet(recurring).subList(0, 3));
    for (int task = 0; task < 3; task++) {
      int met = task;
      assertEquals(4, tasksMet(recurring).stream().filter(each -> each == met).count());
    }
    assertEquals(5, recurring.experiences().get(5).index());
    assertNotEquals(recurring.digest(), stream().recurring(4, 4).digest());
    var failure = assertThrows(IllegalStateException.class, () -> recurring.shuffled(1));
    assertTrue(failure.getMessage().contains("choose and order its tasks before"));
  }

  private static List<Integer> tasksMet(TaskStream stream) {
    return stream.experiences().stream().map(Experience::task).toList();
  }

  @Test
  void refusesWhatCannotBeAStream() {
    assertThrows(
        IllegalArgumentException.class,
        () ->
            TaskStream.of(
                "twice", Scenario.DOMAIN_INCREMENTAL, List.of(task("a", 1), task("a", 2))));
    assertThrows(IllegalArgumentException.class, () -> new Task("empty", List.of(), List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new Task("mixed", List.of(new Excerpt("x")), List.of(new Question("q", "a"))));
    assertThrows(IllegalArgumentException.class, () -> new Question("q", " a ;", "b"));
  }

  @Test
  void pictureStreamsShowEveryClassOnceOrEveryPictureAlways() {
    var glyphs = Glyphs.of("ABCDEF").sized(12);
    var learned = LabelledPictures.draw(glyphs, GlyphStyle.MIXED, Split.TRAIN, 3, 1);
    var judged = LabelledPictures.draw(glyphs, GlyphStyle.MIXED, Split.TEST, 2, 1);
    var split = TaskStreams.classes(learned, judged, 2);
    assertEquals(List.of("AB", "CD", "EF"), split.tasks().stream().map(Task::name).toList());
    assertEquals(6, split.tasks().get(1).train().size());
    split
        .tasks()
        .get(2)
        .test()
        .forEach(example -> assertTrue(((Picture) example).item().label() >= 4));
    var turned = TaskStreams.rotated(learned, judged, 0, 90);
    assertEquals(18, turned.tasks().get(1).train().size());
    assertThrows(IllegalArgumentException.class, () -> TaskStreams.classes(learned, judged, 4));
    var permuted = TaskStreams.permuted(learned, judged, 3, 1);
    assertArrayEquals(
        sorted(permuted.tasks().get(0)), sorted(permuted.tasks().get(2)), "the same pixels");
  }

  private static float[] sorted(Task task) {
    var planes = ((Picture) task.train().getFirst()).item().planes().clone();
    java.util.Arrays.sort(planes);
    return planes;
  }

  @Test
  void fourQuarterTurnsGiveThePictureBack() {
    var glyphs = Glyphs.of("R").sized(16);
    var pictures = LabelledPictures.draw(glyphs, GlyphStyle.MIXED, Split.TRAIN, 1, 1);
    var once = pictures.turned(90);
    var expected = pictures.picture(0);
    var turned = once.picture(0);
    for (int y = 0; y < 16; y++) {
      for (int x = 0; x < 16; x++) {
        assertEquals(expected[x][15 - y][0], turned[y][x][0], 1e-5f, "anticlockwise");
      }
    }
    assertArrayEquals(
        pictures.items().getFirst().planes(),
        once.turned(90).turned(90).turned(90).items().getFirst().planes(),
        1e-5f);
  }

  @Test
  void factsAreJudgedInWordsThatWereNotLearned() {
    var stream = TaskStreams.facts(FictiBio.of(1).persons(10), 3);
    var prompts = new HashSet<String>();
    for (Lesson lesson : stream.lessons()) {
      prompts.add(((Question) lesson.example()).prompt());
    }
    for (int task = 0; task < 3; task++) {
      var answers = new HashSet<String>();
      stream.tasks().get(task).train().forEach(each -> answers.add(((Question) each).answer()));
      for (Lesson lesson : stream.judged(task)) {
        var question = (Question) lesson.example();
        assertTrue(!prompts.contains(question.prompt()) && answers.contains(question.answer()));
      }
    }
    assertEquals(80, IntStream.range(0, 3).map(task -> stream.judged(task).size()).sum());
  }

  @Test
  void excerptsAreWholeLinesOfOtherDocuments() {
    var lines = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      lines.append("line ").append(i).append(" of some text\n");
    }
    var texts = new String[60];
    for (int i = 0; i < texts.length; i++) {
      texts[i] = "document %d\n%s".formatted(i, lines);
    }
    var task = TaskStreams.text("text", Corpora.text(texts), 40, 5);
    assertEquals(40, task.train().size());
    assertEquals(5, task.test().size());
    for (Example example : task.train()) {
      var text = ((Excerpt) example).text();
      assertTrue(text.endsWith("text\n") && text.length() <= 320, text);
    }
  }
}
