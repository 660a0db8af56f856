package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.recollect.continual.adapter.InfLora;
import org.recollect.continual.adapter.Placing;
import org.recollect.continual.replay.DarkReplay;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Meter;
import org.recollect.model.InputCovariance;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// What makes each of the classic strategies what it is.
class ClassicsTest {

  private static Start start() {
    var stream = TinyCourse.letters();
    var trainee = TinyCourse.base(stream).begin(stream, 1, new Meter());
    return new Start(trainee, stream, List.of(), TinyCourse.RECIPE, 1);
  }

  private static Experience experience(Start start, int index) {
    return start.stream().experiences().get(index);
  }

  private static NDArray zero(Start start) {
    return Ops.constant(manager(start), 0);
  }

  private static NDManager manager(Start start) {
    return start.trainee().weights().get("model.norm.weight").getManager();
  }

  /// Adds a number to every weight that moves.
  private static void shift(Start start, double by) {
    try (var _ = Torch.newScope()) {
      start.trainee().trainable().asMap().values().forEach(weight -> add(weight, by));
    }
  }

  private static void add(NDArray array, double by) {
    float[] values = Memory.toFloats(array);
    for (int i = 0; i < values.length; i++) {
      values[i] += (float) by;
    }
    Memory.write(array, values);
  }

  private static Map<String, NDArray> filled(Start start, float value) {
    var arrays = new LinkedHashMap<String, NDArray>();
    start
        .trainee()
        .trainable()
        .asMap()
        .forEach((name, weight) -> arrays.put(name, manager(start).full(weight.getShape(), value)));
    return arrays;
  }

  @Test
  void lwfAsksNothingOfAModelThatSaysWhatItSaid() {
    var start = start();
    var batch = experience(start, 1).lessons().subList(0, 5);
    try (var hooks = Continual.lwf(1).begin(start);
        var _ = Torch.newScope()) {
      hooks.beforeTask(experience(start, 0));
      assertEquals(0, hooks.loss(batch, zero(start)).getFloat(), "no earlier task");
      hooks.afterTask(experience(start, 0));
      hooks.beforeTask(experience(start, 1));
      assertEquals(0, hooks.loss(batch, zero(start)).getFloat(), 1e-6);
      shift(start, 0.05);
      assertTrue(hooks.loss(batch, zero(start)).getFloat() > 1e-5);
    } finally {
      start.trainee().close();
    }
  }

  @Test
  void siCountsWhatEachWeightHasDoneForTheLoss() {
    var start = start();
    try (var hooks = Continual.si(2).begin(start);
        var _ = Torch.newScope()) {
      hooks.beforeTask(experience(start, 0));
      for (int step = 0; step < 2; step++) {
        hooks.gradient(filled(start, 1));
        hooks.step(filled(start, -0.25f));
        shift(start, -0.25);
      }
      hooks.afterTask(experience(start, 0));
      assertEquals(0, hooks.loss(List.of(), zero(start)).getFloat(), 1e-6);
      shift(start, 1);
      // Twice 0.25 of the loss over a way of 0.5: 0.5 / (0.25 + 0.1), times c.
      double each = 2 * 0.5 / 0.35;
      double expected = each * start.trainee().trainable().parameters();
      assertEquals(expected, hooks.loss(List.of(), zero(start)).getFloat(), 1e-4 * expected);
    } finally {
      start.trainee().close();
    }
  }

  @Test
  void aGemTakesOutWhatWouldHurtTheMemoryAndNothingElse() {
    var start = start();
    try (var hooks = Continual.aGem(8).begin(start);
        var _ = Torch.newScope()) {
      hooks.afterStep(experience(start, 0).lessons().subList(0, 8));
      hooks.afterTask(experience(start, 0));
      hooks.beforeStep(experience(start, 1).lessons().subList(0, 4));
      var up = filled(start, 0.01f);
      var before = copies(up);
      hooks.gradient(up);
      var down = filled(start, -0.01f);
      hooks.gradient(down);
      // One of the two opposite gradients is against the reference, and only that one is changed.
      boolean upChanged = !same(before, up);
      var changed = upChanged ? up : down;
      var kept = upChanged ? down : up;
      assertTrue(same(before, kept) || same(negated(before), kept));
      // What is left of it is at right angles to what was taken out.
      double dot = 0;
      for (var entry : changed.entrySet()) {
        float[] left = Memory.toFloats(entry.getValue());
        float[] all = upChanged ? before.get(entry.getKey()) : negated(before).get(entry.getKey());
        for (int i = 0; i < left.length; i++) {
          dot += (double) left[i] * (all[i] - left[i]);
        }
      }
      assertEquals(0, dot, 1e-6);
    } finally {
      start.trainee().close();
    }
  }

  private static Map<String, float[]> copies(Map<String, NDArray> arrays) {
    var copies = new LinkedHashMap<String, float[]>();
    arrays.forEach((name, array) -> copies.put(name, Memory.toFloats(array)));
    return copies;
  }

  private static Map<String, float[]> negated(Map<String, float[]> arrays) {
    var negated = new LinkedHashMap<String, float[]>();
    arrays.forEach((name, values) -> {
      float[] other = values.clone();
      for (int i = 0; i < other.length; i++) {
        other[i] = -other[i];
      }
      negated.put(name, other);
    });
    return negated;
  }

  private static boolean same(Map<String, float[]> expected, Map<String, NDArray> actual) {
    return expected.entrySet().stream()
        .allMatch(
            entry -> Arrays.equals(entry.getValue(), Memory.toFloats(actual.get(entry.getKey()))));
  }

  @Test
  void darkReplayRemembersWhatTheModelSaid() {
    var start = start();
    var met = experience(start, 0).lessons().subList(0, 6);
    try (var hooks = new DarkReplay(10, 1, 0).begin(start);
        var _ = Torch.newScope()) {
      hooks.afterStep(met);
      hooks.afterTask(experience(start, 0));
      long predictions = met.size() * 4L; // two letters, a semicolon and the end of text
      long words = start.trainee().logits(met).getShape().get(1);
      assertEquals(Float.BYTES * predictions * words, hooks.bytes());
      assertEquals(0, hooks.loss(met, zero(start)).getFloat(), 1e-9);
      shift(start, 0.05);
      assertTrue(hooks.loss(met, zero(start)).getFloat() > 1e-6);
    } finally {
      start.trainee().close();
    }
  }

  @Test
  void penaltiesGrowWithTheirStrengthAndTheSquareOfTheWay() {
    for (var pair :
        List.of(
            List.<Strategy>of(Continual.ewc(1), Continual.ewc(10)),
            List.<Strategy>of(Continual.mas(1), Continual.mas(10)))) {
      double near = penalty(pair.getFirst(), 0.01);
      assertTrue(near > 0, pair.toString());
      assertEquals(10 * near, penalty(pair.getLast(), 0.01), 1e-3 * near, pair.toString());
      assertEquals(9 * near, penalty(pair.getFirst(), 0.03), 1e-2 * near, pair.toString());
    }
  }

  /// What is asked of a model all of whose weights have moved by so much since the first task.
  private static double penalty(Strategy strategy, double way) {
    var start = start();
    try (var hooks = strategy.begin(start);
        var _ = Torch.newScope()) {
      hooks.afterTask(experience(start, 0));
      assertEquals(0, hooks.loss(List.of(), zero(start)).getFloat());
      shift(start, way);
      return hooks.loss(List.of(), zero(start)).getFloat();
    } finally {
      start.trainee().close();
    }
  }

  /// The share of what a strategy changes in the second task that inputs of the first one notice.
  private static double noticed(Strategy strategy) {
    var stream = TinyCourse.letters();
    String map = "model.layers.1.mlp.gate_proj";
    try (var teacher = TinyCourse.teacher(strategy, stream, 1);
        var inputs = new InputCovariance();
        var _ = Torch.newScope()) {
      teacher.teach(1, Optional.empty());
      var trainee = teacher.trainee();
      trainee.observe(inputs.observers(List.of(map)), stream.experiences().getFirst().lessons());
      var before = trainee.weights().get(map + ".weight").duplicate();
      teacher.teach(2, Optional.empty());
      var change = trainee.weights().get(map + ".weight").sub(before);
      var response = Ops.matmul(change, inputs.root(map));
      return norm(response) / (norm(change) * norm(inputs.root(map)));
    }
  }

  private static double norm(NDArray array) {
    double squares = 0;
    for (float value : Memory.toFloats(array)) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  @Test
  void infLoraChangesNothingThatOldInputsNotice() {
    double free = noticed(Continual.renewedLora(2));
    double held = noticed(new InfLora(Placing.everywhere(2), 0.999, 20));
    assertTrue(held < 0.3 * free, held + " and " + free);
  }

  @Test
  void soupIsTheMeanOfModelsThatBeganAtTheBase() {
    var two = TinyCourse.letters().first(2);
    try (var soup = TinyCourse.teacher(Continual.soup(), two, 1);
        var first = TinyCourse.teacher(Continual.sequential(), two.only(0), 1);
        var second = TinyCourse.teacher(Continual.sequential(), two.only(1), 1)) {
      soup.teach();
      first.teach();
      second.teach();
      for (String name : soup.trainee().weights().names()) {
        float[] a = Memory.toFloats(first.trainee().weights().get(name));
        float[] b = Memory.toFloats(second.trainee().weights().get(name));
        float[] mean = new float[a.length];
        for (int i = 0; i < mean.length; i++) {
          mean[i] = (a[i] + b[i]) / 2;
        }
        assertArrayEquals(mean, Memory.toFloats(soup.trainee().weights().get(name)), 1e-5f, name);
      }
    }
  }

  @Test
  void regLoraAsksOnlyOfTheLargestEntriesOfEarlierTasks() {
    var start = start();
    try (var hooks = Continual.regLora(2, 3).begin(start);
        var _ = Torch.newScope()) {
      hooks.beforeTask(experience(start, 0));
      shift(start, 0.1);
      assertEquals(0, hooks.loss(List.of(), zero(start)).getFloat());
      hooks.afterTask(experience(start, 0));
      hooks.beforeTask(experience(start, 1));
      assertEquals(0, hooks.loss(List.of(), zero(start)).getFloat(), "B is zero");
      shift(start, 0.1);
      assertTrue(hooks.loss(List.of(), zero(start)).getFloat() > 0);
    } finally {
      start.trainee().close();
    }
  }

  @Test
  void oracleAnswersEachTaskAsRightAfterLearningIt() {
    try (var teacher = TinyCourse.teacher(Continual.taskLoras(2), TinyCourse.letters(), 1)) {
      teacher.teach(1, Optional.empty());
      var lessons = List.<Lesson>copyOf(TinyCourse.letters().judged(0));
      float[] then = logits(teacher, lessons);
      teacher.teach();
      assertArrayEquals(then, logits(teacher, lessons), "nothing is forgotten, to the bit");
    }
  }

  private static float[] logits(Teacher teacher, List<Lesson> lessons) {
    try (var _ = Torch.newScope()) {
      return Memory.toFloats(teacher.judged(0).logits(lessons));
    }
  }

  @Test
  void togetherIsOneAfterTheOther() {
    var start = start();
    record Plus(String name, double number) implements Strategy {
      @Override
      public Map<String, ?> configuration() {
        return Map.of("number", number);
      }

      @Override
      public Hooks begin(Start start) {
        return new Hooks() {
          @Override
          public NDArray loss(List<Lesson> batch, NDArray loss) {
            return Ops.scale(loss, 10).add((float) number);
          }
        };
      }
    }
    var strategy = new Plus("a", 1).and(new Plus("b", 2)).and(new Plus("c", 3));
    assertEquals("a + b + c", strategy.name());
    try (var hooks = strategy.begin(start);
        var _ = Torch.newScope()) {
      assertEquals(123, hooks.loss(List.of(), zero(start)).getFloat());
    } finally {
      start.trainee().close();
    }
  }
}
