package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.continual.measure.GradientSplit;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.train.LossGradient;

class GradientSplitTest {
  private static final int STEPS = TinyCourse.RECIPE.steps();

  /// `[steps][3]` of the whole course.
  private static double[][] split(Strategy strategy, TaskStream stream) {
    try (var teacher = TinyCourse.teacher(new GradientSplit(strategy), stream, 1)) {
      teacher.teach();
      double[] flat = teacher.hooks().figure(GradientSplit.SPLIT);
      var rows = new double[flat.length / 3][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = new double[] {flat[3 * i], flat[3 * i + 1], flat[3 * i + 2]};
      }
      assertEquals(stream.experiences().size() * STEPS, rows.length);
      return rows;
    }
  }

  static List<Strategy> strategies() {
    return List.of(
        Continual.sequential(),
        Continual.replay(10),
        Continual.ewc(1000),
        Continual.aGem(10),
        Continual.gem(3),
        Continual.darkReplay(10),
        Continual.replay(10).and(Continual.ewc(100)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void leavesTheCourseAsItIs(Strategy strategy) {
    for (TaskStream stream : List.of(TinyCourse.letters(), TinyCourse.glyphs())) {
      try (var plain = TinyCourse.teacher(strategy, stream, 1);
          var watched = TinyCourse.teacher(new GradientSplit(strategy), stream, 1)) {
        plain.teach();
        watched.teach();
        assertEquals(plain.trainee().weights().digest(), watched.trainee().weights().digest());
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void nothingIsPreservedInTheFirstTask(Strategy strategy) {
    var split = split(strategy, TinyCourse.glyphs());
    for (int step = 0; step < STEPS; step++) {
      assertTrue(split[step][0] > 0);
      assertEquals(0, split[step][1] / split[step][0], 1e-4, "step " + step);
    }
  }

  @Test
  void sequentialTuningPreservesNothing() {
    for (double[] step : split(Continual.sequential(), TinyCourse.letters())) {
      assertEquals(0, step[1] / step[0], 1e-5);
    }
  }

  /// The quadratic penalty has no slope where the last task ended.
  @Test
  void ewcPreservesNothingAtItsAnchor() {
    var split = split(Continual.ewc(1e5), TinyCourse.letters());
    for (int task = 1; task < 3; task++) {
      int first = task * STEPS;
      assertEquals(0, split[first][1] / split[first][0], 1e-5);
      assertTrue(split[first + 2][1] / split[first + 2][0] > 1e-3);
    }
    try (var teacher =
        TinyCourse.teacher(new GradientSplit(Continual.ewc(1e5)), TinyCourse.letters(), 1)) {
      teacher.teach();
      double[] shares = teacher.hooks().figure(GradientSplit.STABILITY_AT_SWITCH);
      assertArrayEquals(new double[] {0, 0}, shares, 1e-4);
    }
  }

  /// Where there is no batch norm, the model says what its snapshot says, and distillation has no
  /// slope. Batch norm's own statistics are of the batch in training and not in the snapshot.
  @Test
  void distillationPreservesNothingAtTheSwitch() {
    var letters = split(Continual.lwf(10), TinyCourse.letters());
    var glyphs = split(Continual.lwf(10), TinyCourse.glyphs());
    for (int task = 1; task < 3; task++) {
      int first = task * STEPS;
      assertEquals(0, letters[first][1] / letters[first][0], 1e-4);
      assertTrue(letters[first + 2][1] / letters[first + 2][0] > 1e-2);
      assertTrue(glyphs[first][1] / glyphs[first][0] > 1e-2);
    }
  }

  /// Replay halves the new batch's part: the sum of the parts is the gradient of the whole loss,
  /// and the preserving part half of the memory's.
  @Test
  void partsOfReplayAreTheHalvesOfItsLoss() {
    var seen = new Seen();
    var split = split(Continual.replay(10).and(seen), TinyCourse.letters());
    assertTrue(seen.whole.size() > STEPS);
    for (int step = STEPS; step < seen.whole.size(); step++) {
      double[] parts = split[step];
      assertEquals(seen.plain.get(step) / 2, parts[0], 1e-4 * parts[0]);
      double sum = parts[0] * parts[0] + parts[1] * parts[1] + 2 * parts[0] * parts[1] * parts[2];
      assertEquals(seen.whole.get(step), Math.sqrt(sum), 1e-3 * Math.sqrt(sum));
      assertTrue(parts[1] > 0);
    }
  }

  /// Lengths of the gradient of the plain loss, and of what replay makes of it.
  private static final class Seen implements Strategy {
    private final List<Double> plain = new ArrayList<>();
    private final List<Double> whole = new ArrayList<>();

    @Override
    public String name() {
      return "seen";
    }

    @Override
    public Hooks begin(Start start) {
      return new Hooks() {
        @Override
        public List<Lesson> beforeStep(List<Lesson> drawn) {
          var trainee = start.trainee();
          plain.add(
              length(LossGradient.of(trainee.trainable(), List.of(() -> trainee.loss(drawn)))));
          return drawn;
        }

        @Override
        public void gradient(Map<String, NDArray> gradients) {
          var values = new LinkedHashMap<String, float[]>();
          gradients.forEach((name, array) -> values.put(name, Memory.toFloats(array)));
          whole.add(length(values));
        }
      };
    }

    private static double length(Map<String, float[]> gradient) {
      return Math.sqrt(LossGradient.dot(gradient, gradient));
    }
  }

  /// What a strategy does to the gradient itself counts as preserving: here it is halved.
  @Test
  void changesOfTheGradientPreserve() {
    var halving =
        new Strategy() {
          @Override
          public String name() {
            return "halving";
          }

          @Override
          public Map<String, ?> configuration() {
            return Map.of();
          }

          @Override
          public Hooks begin(Start start) {
            return new Hooks() {
              @Override
              public void gradient(Map<String, NDArray> gradients) {
                gradients.forEach((name, array) -> {
                  try (var half = Ops.scale(array, 0.5)) {
                    Memory.write(array, Memory.toFloats(half));
                  }
                });
              }
            };
          }
        };
    for (double[] step : split(halving, TinyCourse.glyphs())) {
      assertEquals(0.5, step[1] / step[0], 1e-4);
      assertEquals(-1, step[2], 1e-4);
    }
  }

  /// A course that was cut short goes on with all that was split before.
  @Test
  void resumedCoursesHaveAllSteps(@TempDir Path folder) {
    var stream = TinyCourse.letters();
    var strategy = new GradientSplit(Continual.replay(10));
    var file = folder.resolve("course.safetensors");
    try (var teacher = TinyCourse.teacher(strategy, stream, 1)) {
      teacher.teach(2, Optional.of(file));
    }
    try (var teacher = TinyCourse.teacher(strategy, stream, 1);
        var unbroken = TinyCourse.teacher(strategy, stream, 1)) {
      teacher.teach(3, Optional.of(file));
      unbroken.teach();
      for (var measure : strategy.figures()) {
        assertArrayEquals(unbroken.hooks().figure(measure), teacher.hooks().figure(measure));
      }
    }
  }
}
