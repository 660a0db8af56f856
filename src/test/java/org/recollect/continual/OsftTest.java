package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.recollect.continual.subspace.Osft;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.train.AdamW;
import org.recollect.train.Optimizer;
import org.recollect.train.Sgd;

class OsftTest {
  private static final TaskStream STREAM = TinyCourse.letters();
  private static final Optimizer ADAM = new AdamW(0.9, 0.95, 1e-8, 0.01);

  @Test
  void aProjectedStepDoesNotLeak() {
    for (var osft : new Osft[] {Continual.osft(0.5), Continual.osft(0.5).bottom().matricesOnly()}) {
      for (var each : new Osft[] {osft, osft.notHighHigh()}) {
        for (double leak : leaks(each, ADAM)) {
          assertEquals(0, leak, 1e-3, each.name());
        }
      }
    }
  }

  @Test
  void aProjectedGradientLeaksUnderAdamAndNotWithoutIt() {
    var osft = Continual.osft(0.5).gradientOnly().matricesOnly();
    for (double leak : leaks(osft, ADAM)) {
      assertTrue(leak > 0.1, "leak " + leak);
    }
    for (double leak : leaks(osft, new Sgd(0))) {
      assertEquals(0, leak, 1e-2);
    }
  }

  @Test
  void whatRisesHoldsNothingInTheFirstTask() {
    double[] leaks = leaks(Continual.osft().unprojected(), ADAM);
    assertEquals(STREAM.experiences().size(), leaks.length);
    assertEquals(0, leaks[0]);
    assertTrue(leaks[1] > 0.1 && leaks[2] > leaks[1], Arrays.toString(leaks));
  }

  @Test
  void holdingNothingIsPlainTuning() {
    try (var plain = TinyCourse.teacher(Continual.sequential(), STREAM, 1);
        var free = TinyCourse.teacher(Continual.osft(0), STREAM, 1);
        var frozen = TinyCourse.teacher(Continual.osft(0).matricesOnly(), STREAM, 1)) {
      plain.teach();
      free.teach();
      frozen.teach();
      var weights = plain.trainee().weights();
      assertEquals(weights.digest(), free.trainee().weights().digest());
      try (var base = TinyCourse.base(STREAM).begin(STREAM, 1, new Meter())) {
        var others = base.weights().only(name -> !name.contains("proj"));
        var still = frozen.trainee().weights().only(name -> !name.contains("proj"));
        assertEquals(others.digest(), still.digest(), "embeddings and norms are frozen");
      }
    }
  }

  @Test
  void holdingAllLearnsNothing() {
    try (var teacher = TinyCourse.teacher(Continual.osft(1).matricesOnly(), STREAM, 1);
        var base = TinyCourse.base(STREAM).begin(STREAM, 1, new Meter())) {
      teacher.teach();
      for (var entry : base.weights().asMap().entrySet()) {
        assertArrayEquals(
            Memory.toFloats(entry.getValue()),
            Memory.toFloats(teacher.trainee().weights().get(entry.getKey())),
            1e-4f,
            entry.getKey());
      }
    }
  }

  @Test
  void needsMatricesOfBlocks() {
    var pictures = TinyCourse.glyphs();
    try (var teacher = TinyCourse.teacher(Continual.osft(0.5), pictures, 1)) {
      assertThrows(IllegalStateException.class, teacher::teach);
    }
  }

  private static double[] leaks(Strategy strategy, Optimizer optimizer) {
    var recipe = TinyCourse.RECIPE.with(optimizer);
    var trainee = TinyCourse.base(STREAM).begin(STREAM, 1, new Meter());
    var general = Base.lessons(TinyCourse.general());
    try (var teacher = new Teacher(strategy, new Start(trainee, STREAM, general, recipe, 1))) {
      teacher.teach();
      return teacher.hooks().figure(ContinualMeasures.LEAK);
    }
  }
}
