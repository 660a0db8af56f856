package org.recollect.continual.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.continual.Base;
import org.recollect.continual.Recipe;
import org.recollect.continual.Start;
import org.recollect.continual.Trainee;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.LossGradient;

class GereTest {
  /// Answers of several lengths, so that batches are padded.
  private static final Task GENERAL = task("general", 12);

  private static final TaskStream STREAM =
      TaskStream.of("one", Scenario.DOMAIN_INCREMENTAL, List.of(task("new", 8)));

  private static Task task(String name, int count) {
    var questions =
        IntStream.range(0, count)
            .mapToObj(i ->
                new Question(
                    name + " " + (char) ('a' + i), (" " + (char) ('a' + i)).repeat(1 + i % 3)))
            .toList();
    return new Task(name, List.copyOf(questions), List.copyOf(questions.subList(0, 1)));
  }

  private static Start start(long seed) {
    var base = Base.words(24, 1).taught(GENERAL, Recipe.of(5, 4, 1e-2));
    return new Start(
        base.begin(STREAM, seed, new Meter()),
        STREAM,
        Base.lessons(GENERAL),
        Recipe.of(4, 3, 1e-3),
        seed);
  }

  /// Sample `i` holds two predictions of two units.
  private static BaseStates states(float[]... ofSample) {
    var samples = samples(ofSample.length);
    try (var manager = Torch.manager()) {
      return BaseStates.of(
          samples, one -> Memory.ofFloats(manager, ofSample[one.getFirst().index()], 2, 2));
    }
  }

  private static List<Lesson> samples(int count) {
    return Base.lessons(GENERAL).subList(0, count);
  }

  /// Unit 0 has the values 0, 0, 0, 4: mean 1, deviation sqrt(3). Unit 1 has 1, 1, 3, 3: mean 2,
  /// deviation 1, so that all of its values lie on a threshold.
  private static final BaseStates HAND = states(new float[] {0, 1, 0, 1}, new float[] {0, 3, 4, 3});

  @Test
  void statisticsAreOfEachUnit() {
    assertArrayEquals(new double[] {1, 2}, HAND.mean(), 1e-12);
    assertArrayEquals(new double[] {Math.sqrt(3), 1}, HAND.deviation(), 1e-12);
    assertEquals(2, HAND.width());
    assertEquals(8 * 4, HAND.bytes());
  }

  private static double margin(float... now) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var states = Memory.ofFloats(manager, now, now.length / 2, 2);
      return StateLoss.MARGIN.of(HAND, states, null, samples(now.length / 4)).getFloat();
    }
  }

  /// The ranges of unit 0 are [-0.732, 2.732] three times and [2.732, infinity) once; those of unit
  /// 1 are (-infinity, 1] twice and [3, infinity) twice.
  @Test
  void marginIsTheMeanOverStatesOutside() {
    assertEquals(0, margin(0, 1, 0, 1, 0, 3, 4, 3));
    assertEquals(0, margin(-0.7f, -50, 2.7f, 0, 2, 3, 90, 77));
    assertEquals(0.5, margin(0, 1.5f, 0, 1), 2e-3);
    assertEquals((0.5 + 0.268) / 2, margin(-1, 1.5f, 0, 1), 2e-3);
    assertEquals((0.268 + 2 + 0.732 + 1) / 4, margin(3, 3, 0, 0, 0, 3, 2, 2), 2e-3);
  }

  /// Every state of every sample, also where a batch is padded, is in its range at first.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void nothingIsToBeHeldBeforeTheFirstStep(long seed) {
    var start = start(seed);
    try (var trainee = start.trainee();
        var _ = Torch.newScope()) {
      for (StateLoss holding : List.of(StateLoss.MARGIN, StateLoss.KL)) {
        var base = BaseStates.of(start.general(), sample -> holding.read(trainee, sample));
        for (int from = 0; from < 12; from += 4) {
          var some = start.general().subList(from, from + 4);
          double far = now(holding, base, trainee, some).getFloat();
          assertEquals(0, far, holding == StateLoss.MARGIN ? 0 : 1e-6, "seed " + seed);
        }
      }
      var base = BaseStates.of(start.general(), trainee::features);
      var dealt = base.shuffled(start.random("test"));
      assertTrue(now(StateLoss.SHUFFLED, dealt, trainee, start.general()).getFloat() > 0.01);
    }
  }

  private static NDArray now(
      StateLoss holding, BaseStates base, Trainee trainee, List<Lesson> some) {
    var states = trainee.features(some);
    return holding.of(base, states, trainee.head(states, some), some);
  }

  @Test
  void firstLossIsTheMeanOfBothCrossEntropies() {
    var start = start(1);
    var gere = new Gere(1, 2);
    for (var each : List.of(gere, gere.dynamic())) {
      try (var hooks = each.begin(start);
          var _ = Torch.newScope()) {
        hooks.beforeTask(STREAM.experiences().getFirst());
        var batch = STREAM.experiences().getFirst().lessons().subList(0, 3);
        double fresh = start.trainee().loss(batch).getFloat();
        double general = start.trainee().loss(start.general(1)).getFloat();
        assertEquals(
            (fresh + general) / 2, hooks.loss(batch, start.trainee().loss(batch)).getFloat(), 1e-5);
        assertEquals(hooks.bytes(), (long) Float.BYTES * 24 * 2);
      }
    }
    start.trainee().close();
  }

  /// However far the states are, both terms are equally large; the ratio is no part of the graph.
  @Test
  void dynamicWeightBalancesBothTerms() {
    var start = start(2);
    var lessons = STREAM.experiences().getFirst().lessons().subList(0, 3);
    try (var trainee = start.trainee();
        var plain = new Gere(12, 12).weight(0).begin(start);
        var one = new Gere(12, 12).weight(1).begin(start);
        var hooks = new Gere(12, 12).dynamic().begin(start)) {
      for (var each : List.of(plain, one, hooks)) {
        each.beforeTask(STREAM.experiences().getFirst());
      }
      trainee
          .weights()
          .asMap()
          .forEach((_, weight) -> {
            float[] values = Memory.toFloats(weight);
            var random = RandomStream.of(5, "away");
            for (int i = 0; i < values.length; i++) {
              values[i] += (float) (0.1 * random.nextGaussian());
            }
            Memory.write(weight, values);
          });
      var weights = trainee.weights();
      var without = gradient(start, plain, lessons);
      var single = gradient(start, one, lessons);
      var balanced = gradient(start, hooks, lessons);
      plain.beforeTask(STREAM.experiences().getFirst());
      one.beforeTask(STREAM.experiences().getFirst());
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        double both = plain.loss(lessons, trainee.loss(lessons)).getFloat();
        double left = one.loss(lessons, trainee.loss(lessons)).getFloat() - both;
        assertTrue(left > 1e-3, "nothing has left its range");
        for (String name : weights.names()) {
          for (int i = 0; i < without.get(name).length; i++) {
            double margin = single.get(name)[i] - without.get(name)[i];
            assertEquals(
                without.get(name)[i] + both / left * margin, balanced.get(name)[i], 2e-3, name);
          }
        }
      }
    }
  }

  private static Map<String, float[]> gradient(
      Start start, org.recollect.continual.Hooks hooks, List<Lesson> lessons) {
    var trainee = start.trainee();
    return LossGradient.of(
        trainee.weights(), List.of(() -> hooks.loss(lessons, trainee.loss(lessons))));
  }

  @Test
  void dealtStatesAreTheSameOfEachUnit() {
    var start = start(1);
    try (var trainee = start.trainee()) {
      var base = BaseStates.of(start.general(), trainee::features);
      var dealt = base.shuffled(start.random("test"));
      assertArrayEquals(base.mean(), dealt.mean(), 1e-6);
      assertArrayEquals(base.deviation(), dealt.deviation(), 1e-6);
      float[] before = base.values(start.general());
      float[] after = dealt.values(start.general());
      assertEquals(before.length, after.length);
      for (int unit = 0; unit < base.width(); unit++) {
        assertArrayEquals(sorted(before, unit, 24), sorted(after, unit, 24));
      }
      assertTrue(!Arrays.equals(before, after));
    }
  }

  private static double[] sorted(float[] values, int unit, int width) {
    return IntStream.range(0, values.length / width)
        .mapToDouble(row -> values[row * width + unit])
        .sorted()
        .toArray();
  }

  @ParameterizedTest
  @EnumSource(StateLoss.class)
  void namesSayHowStatesAreHeld(StateLoss holding) {
    var names =
        Arrays.stream(StateLoss.values()).map(each -> new Gere(2, 2).by(each).name()).distinct();
    assertEquals(StateLoss.values().length, names.count());
    assertEquals(
        new Gere(2, 2).by(holding).name() + ", dynamic",
        new Gere(2, 2).by(holding).dynamic().name());
  }

  @Test
  void refusesWhatHoldsNothing() {
    assertThrows(IllegalArgumentException.class, () -> new Gere(0, 2));
    assertThrows(IllegalArgumentException.class, () -> new Gere(2, 0));
    assertThrows(IllegalArgumentException.class, () -> new Gere(2, 2).weight(-1));
  }
}
