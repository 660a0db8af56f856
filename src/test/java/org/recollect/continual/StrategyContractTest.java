package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.continual.adapter.OLora;
import org.recollect.continual.adapter.Placing;
import org.recollect.continual.expand.Adept;
import org.recollect.continual.replay.StateLoss;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.OtherRecords;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// What every strategy promises.
class StrategyContractTest {

  /// Names of those that are no plain tuning even with one task.
  private static final String NOT_PLAIN =
      String.join(
          "|",
          "joint",
          "fast EWC",
          ".*matched.*",
          ".*MoRA.*",
          ".*ADEPT.*",
          "TIES",
          "DARE",
          ".*LoRA.*",
          ".*MoRA.*",
          ".*ADEPT.*",
          "general.*",
          "prompt.*",
          "prefix.*",
          ".*GeRe.*",
          "OSFT rising, matrices only",
          "OSFT [0b].*",
          "OGPSA.*",
          "DPO");

  /// Those that tune weights of any model.
  static List<Strategy> everywhere() {
    return List.of(
        Continual.sequential(),
        Continual.joint(),
        Continual.replay(10),
        Continual.herdedReplay(9),
        Continual.darkReplay(10),
        Continual.aGem(10),
        Continual.gem(3),
        Continual.split(Continual.replay(10)),
        Continual.ewc(100),
        Continual.mas(1),
        Continual.si(1),
        Continual.lwf(1),
        Continual.soup(),
        Continual.ties(),
        Continual.dare(),
        Continual.matched(Continual.replay(10), 2),
        Continual.replay(10).and(Continual.ewc(100)).and(Continual.si(1)),
        Continual.ewc(10).rate(2).named("fast EWC"));
  }

  /// Those that need a model's linear maps, or samples of what it was trained on.
  static List<Strategy> ofMaps() {
    return List.of(
        Continual.lora(2),
        Continual.renewedLora(2),
        Continual.taskLoras(2),
        Continual.prompt(2),
        Continual.prefix(2).and(Continual.lwf(1)),
        Continual.oLora(2),
        new OLora(Placing.everywhere(2), 0.5, 0.1),
        Continual.infLora(2),
        Continual.regLora(2, 10),
        Continual.adept(1),
        Continual.adept(1).of(Adept.Choice.RANDOM).uniform(),
        Continual.adept(2).and(Continual.ewc(10)),
        Continual.mora(2),
        Continual.mora(2).dense(),
        Continual.experts(4, 2, 1),
        Continual.replay(5).and(Continual.experts(3, 1, 2)),
        Continual.mora(2).and(Continual.ewc(10)),
        Continual.generalReplay(6, 3),
        Continual.gere(6, 3),
        Continual.gere(6, 3).by(StateLoss.KL).dynamic(),
        Continual.gere(6, 3).by(StateLoss.SHUFFLED),
        Continual.regLora(2, 10),
        Continual.ogpsa(2, 3),
        Continual.ogpsa(1, 2).whole().threshold().gradientOnly(),
        Continual.ogpsa(2, 3).random().once(),
        Continual.dpo(0.2, DpoTest.worse()),
        Continual.osft(),
        Continual.osft().matricesOnly(),
        Continual.osft(0.5).notHighHigh().gradientOnly(),
        Continual.osft(0.5).random(),
        Continual.osftByImportance(),
        Continual.lora(2).and(Continual.ewc(10)),
        Continual.lora(2).and(Continual.replay(5)).and(Continual.lwf(1)));
  }

  /// Some of them that know no more of a model than its linear maps.
  static List<Strategy> ofAnyMaps() {
    return List.of(
        Continual.lora(2).and(Continual.replay(5)),
        Continual.taskLoras(2),
        Continual.oLora(2),
        Continual.infLora(2),
        Continual.regLora(2, 10),
        Continual.mora(2),
        Continual.experts(3, 1, 2),
        Continual.osft(0.5));
  }

  static Stream<Arguments> courses() {
    return Stream.of(
            courses(everywhere(), "letters", TinyCourse.letters()),
            courses(everywhere(), "glyphs", TinyCourse.glyphs()),
            courses(ofMaps(), "letters", TinyCourse.letters()),
            courses(ofAnyMaps(), "patches", TinyCourse.patches()))
        .flatMap(each -> each);
  }

  private static Stream<Arguments> courses(List<Strategy> all, String name, TaskStream stream) {
    return all.stream().map(each -> Arguments.of(each, name, stream));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("courses")
  void oneSeedGivesOneResult(Strategy strategy, String name, TaskStream stream) {
    var first = result(strategy, stream, 1);
    assertEquals(first, result(strategy, stream, 1));
    assertNotEquals(first, result(strategy, stream, 2));
  }

  private static String result(Strategy strategy, TaskStream stream, long seed) {
    try (var teacher = TinyCourse.teacher(strategy, stream, seed)) {
      teacher.teach();
      return digest(teacher);
    }
  }

  /// The weights, the scores, and every bit of what is answered to each task.
  private static String digest(Teacher teacher) {
    var parts = new ArrayList<String>();
    parts.add(teacher.trainee().weights().digest());
    parts.add(Arrays.toString(teacher.notes().matrix().flat()));
    for (int task = 0; task < teacher.notes().matrix().tasks(); task++) {
      try (var _ = Torch.newScope()) {
        var lessons = teacher.stream().judged(task);
        parts.add(Arrays.toString(Memory.toFloats(teacher.judged(task).logits(lessons))));
      }
    }
    return Fingerprint.of(parts);
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("courses")
  void goesOnAfterAnyTaskAsIfNothingHadHappened(
      Strategy strategy, String name, TaskStream stream, @TempDir Path folder) {
    var unbroken = result(strategy, stream, 3);
    for (int finished = 1; finished < stream.experiences().size(); finished++) {
      var file = folder.resolve(finished + ".safetensors");
      try (var teacher = TinyCourse.teacher(strategy, stream, 3)) {
        teacher.teach(finished, Optional.of(file));
      }
      assertTrue(Files.exists(file));
      try (var teacher = TinyCourse.teacher(strategy, stream, 3)) {
        teacher.teach(stream.experiences().size(), Optional.of(file));
        assertEquals(unbroken, digest(teacher), "after " + finished);
      }
    }
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("courses")
  void whatDoesNotMoveStaysBitByBit(Strategy strategy, String name, TaskStream stream) {
    var guard = new Guard();
    try (var teacher = TinyCourse.teacher(strategy.and(guard), stream, 1)) {
      teacher.teach();
    }
    assertEquals(stream.experiences().size(), guard.tasks);
  }

  /// Compares, over each task's steps, all weights that are not trained.
  private static final class Guard implements Strategy {
    private int tasks;

    @Override
    public String name() {
      return "guard";
    }

    @Override
    public Hooks begin(Start start) {
      return new Hooks() {
        private Optional<String> before;

        @Override
        public void beforeTask(Experience task) {
          before = still(start.trainee());
        }

        @Override
        public void afterStep(List<Lesson> batch) {
          assertEquals(before, still(start.trainee()));
        }

        @Override
        public void afterTask(Experience task) {
          tasks++;
        }
      };
    }

    private static Optional<String> still(Trainee trainee) {
      // Arrays of equal numbers are equal, such as a layer's and its copy's.
      Set<NDArray> moving = Collections.newSetFromMap(new IdentityHashMap<>());
      moving.addAll(trainee.trainable().asMap().values());
      boolean learned = trainee.learned().asMap().values().stream().allMatch(moving::contains);
      return learned
          ? Optional.empty()
          : Optional.of(
              trainee
                  .learned()
                  .only(each -> !moving.contains(trainee.learned().get(each)))
                  .digest());
    }
  }

  /// Those that are plain tuning as long as there is one task.
  static Stream<Arguments> plainOnOneTask() {
    return courses().filter(course -> !((Strategy) course.get()[0]).name().matches(NOT_PLAIN));
  }

  @ParameterizedTest(name = "{0} on {1}")
  @MethodSource("plainOnOneTask")
  void oneTaskIsPlainTuning(Strategy strategy, String name, TaskStream stream) {
    var one = stream.only(0);
    try (var plain = TinyCourse.teacher(Continual.sequential(), one, 1);
        var other = TinyCourse.teacher(strategy, one, 1)) {
      plain.teach();
      other.teach();
      compare(plain.trainee().weights(), other.trainee().weights());
    }
  }

  /// A step that may be constrained is a sum of two numbers more, each rounded.
  private static void compare(Weights expected, Weights actual) {
    for (var entry : expected.asMap().entrySet()) {
      NDArray other = actual.get(entry.getKey());
      assertArrayEquals(
          Memory.toFloats(entry.getValue()), Memory.toFloats(other), 1e-5f, entry.getKey());
    }
  }

  static Stream<Strategy> strategies() {
    return Stream.concat(everywhere().stream(), ofMaps().stream());
  }

  @ParameterizedTest
  @MethodSource("strategies")
  void saysWhatItIs(Strategy strategy) throws ReflectiveOperationException {
    assertFalse(strategy.name().isBlank());
    var record = assertInstanceOf(Record.class, strategy);
    String described = Fingerprint.of(Strategy.described(strategy));
    for (var other : OtherRecords.of(record).entrySet()) {
      var changed = (Strategy) other.getValue();
      assertNotEquals(
          described, Fingerprint.of(Strategy.described(changed)), "another " + other.getKey());
    }
  }
}
