package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.recollect.continual.subspace.Ogpsa;
import org.recollect.data.Lesson;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.tensor.GradientSubspace;
import org.recollect.train.AdamW;
import org.recollect.train.LossGradient;
import org.recollect.train.Optimizer;
import org.recollect.train.Sgd;

class OgpsaTest {
  private static final TaskStream STREAM = TinyCourse.letters();
  private static final Optimizer ADAM = new AdamW(0.9, 0.95, 1e-8, 0.01);

  @Test
  void aProjectedStepDoesNotLeak() {
    for (var each :
        new Ogpsa[] {
          Continual.ogpsa(2, 2), Continual.ogpsa(2, 3).whole(), Continual.ogpsa(2, 1).random()
        }) {
      for (double leak : leaks(each, ADAM)) {
        assertEquals(0, leak, 1e-4, each.name());
      }
    }
  }

  @Test
  void aProjectedGradientLeaksUnderAdamAndNotWithoutIt() {
    var once = Continual.ogpsa(2, 1).once().gradientOnly();
    for (double leak : leaks(once, ADAM)) {
      assertTrue(leak > 0.01, "leak " + leak);
    }
    for (double leak : leaks(once, new Sgd(0))) {
      assertEquals(0, leak, 1e-4);
    }
  }

  private static double[] leaks(Strategy strategy, Optimizer optimizer) {
    try (var teacher = teacher(strategy, optimizer)) {
      teacher.teach();
      return teacher.hooks().figure(ContinualMeasures.LEAK);
    }
  }

  private static Teacher teacher(Strategy strategy, Optimizer optimizer) {
    var recipe = TinyCourse.RECIPE.with(optimizer);
    var trainee = TinyCourse.base(STREAM).begin(STREAM, 1, new Meter());
    var general = Base.lessons(TinyCourse.general());
    return new Teacher(strategy, new Start(trainee, STREAM, general, recipe, 1));
  }

  /// To first order a step without its part along the gradient of the general loss leaves that loss
  /// as it is; a step of plain tuning does not.
  @Test
  void theGeneralLossStandsStillToFirstOrder() {
    var all = Base.lessons(TinyCourse.general());
    for (boolean protect : new boolean[] {true, false}) {
      var alignments = new ArrayList<Double>();
      var ogpsa = new Ogpsa(1, all.size(), 1).whole();
      try (var teacher =
          teacher(
              (protect ? ogpsa : ogpsa.unprojected()).and(new Watching(all, alignments)), ADAM)) {
        teacher.teach(1, Optional.empty());
      }
      double largest = alignments.stream().mapToDouble(Math::abs).max().orElseThrow();
      assertEquals(protect, largest < 1e-4, "cosine " + largest);
    }
  }

  /// Takes down the cosine of each step with the gradient of the loss on some lessons.
  private record Watching(List<Lesson> lessons, List<Double> cosines) implements Strategy {

    @Override
    public String name() {
      return "watching";
    }

    @Override
    public Hooks begin(Start start) {
      return new Hooks() {
        private Map<String, float[]> gradient;

        @Override
        public List<Lesson> beforeStep(List<Lesson> drawn) {
          var trainee = start.trainee();
          gradient = LossGradient.of(trainee.trainable(), List.of(() -> trainee.loss(lessons)));
          return drawn;
        }

        @Override
        public boolean constrains() {
          return true;
        }

        @Override
        public void step(Map<String, NDArray> displacements) {
          var step = GradientSubspace.values(displacements);
          cosines.add(
              LossGradient.dot(step, gradient)
                  / Math.sqrt(LossGradient.dot(step, step) * LossGradient.dot(gradient, gradient)));
        }
      };
    }
  }

  @Test
  void thresholdLeavesWhatHelpsGeneralSkill() {
    var removed = digest(Continual.ogpsa(1, 1));
    var kept = digest(Continual.ogpsa(1, 1).threshold());
    assertNotEquals(removed, kept);
    double[] leaks = leaks(Continual.ogpsa(1, 1).threshold(), ADAM);
    assertTrue(leaks[0] > 0.01, "the task is the general one: its steps lower that loss");
  }

  @Test
  void directionsGrowOldBetweenTwoTimes() {
    assertNotEquals(digest(Continual.ogpsa(2, 1)), digest(Continual.ogpsa(2, 1).once()));
    assertEquals(digest(Continual.ogpsa(2, 6)), digest(Continual.ogpsa(2, 1).once()));
  }

  private static String digest(Strategy strategy) {
    try (var teacher = teacher(strategy, ADAM)) {
      teacher.teach();
      return teacher.trainee().weights().digest();
    }
  }

  @Test
  void needsABaseThatKnowsSomething() {
    try (var trainee = TinyCourse.base(STREAM).begin(STREAM, 1, new Meter())) {
      var start = new Start(trainee, STREAM, List.of(), TinyCourse.RECIPE, 1);
      var ogpsa = Continual.ogpsa(1, 1);
      assertThrows(IllegalStateException.class, () -> ogpsa.begin(start));
    }
    assertThrows(IllegalArgumentException.class, () -> Continual.ogpsa(0, 1));
    assertThrows(IllegalArgumentException.class, () -> Continual.ogpsa(1, 0));
  }
}
