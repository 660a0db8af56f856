package org.recollect.unlearning.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Meter;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.train.LossGradient;
import org.recollect.train.PictureCost;
import org.recollect.train.Predictions;

class InfluenceApproximationTest {
  private static final double RATE = 1e-3;

  private static float[] head(ImageClassifier model) {
    return Memory.toFloats(model.weights().get("fc.weight"));
  }

  @Test
  void everyWeightMovesByTheRateAgainstItsGradient() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      var request = Pupils.request(model, 1);
      float[] up = LossGradient.of(model, request.forget()).get("fc.weight");
      float[] down = LossGradient.of(model, request.retain()).get("fc.weight");
      float[] before = head(model);
      try (var path = Erase.influenceApproximation().begin(request)) {
        assertTrue(path.advance());
        assertFalse(path.advance());
        float[] after = head(path.classifier());
        for (int i = 0; i < before.length; i++) {
          double g = (double) down[i] - up[i];
          assertEquals(before[i] - RATE * g / (Math.abs(g) + 1e-8), after[i], 1e-6);
        }
        assertTrue(
            Predictions.of(path.classifier(), request.forget()).loss()
                > Predictions.of(model, request.forget()).loss());
      }
      assertArrayEquals(before, head(model));
    }
  }

  @Test
  void partsOfAStepAreStepsOfALowerRate() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      var request = Pupils.request(model, 1);
      try (var whole = Erase.influenceApproximation().begin(request);
          var parts = Erase.influenceApproximation().upTo(10 * RATE, 100).begin(request)) {
        whole.advance();
        for (int part = 0; part < 10; part++) {
          parts.advance();
        }
        assertArrayEquals(head(whole.classifier()), head(parts.classifier()), 1e-6f);
      }
    }
  }

  @Test
  void costIsAPassOverEachSetHoweverManyParts() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      double each = 3 * PictureCost.forward(model, Pupils.TRAIN.pixels());
      var meter = new Meter();
      try (var path =
          Erase.influenceApproximation().upTo(.1, 9).begin(Pupils.request(model, 1, meter))) {
        path.advance();
        path.advance();
      }
      assertEquals(160 * each, meter.read().flop(), each / 10);
      meter = new Meter();
      var ascent = Erase.influenceApproximation().withoutCorrection();
      try (var path = ascent.begin(Pupils.request(model, 1, meter))) {
        path.advance();
      }
      assertEquals(40 * each, meter.read().flop(), each / 10);
    }
  }

  /// `(diag(1, 2) + I) x = (2, 6)`.
  @Test
  void conjugateGradientsSolve() {
    var solver = new InfluenceFunction().damping(1);
    var x =
        solver.solve(
            Map.of("w", new float[] {2, 6}),
            v -> Map.of("w", new float[] {v.get("w")[0], 2 * v.get("w")[1]}));
    assertArrayEquals(new float[] {1, 2}, x.get("w"), 1e-5f);
  }

  /// The gradient of the rest changes along the step as the Hessian says: it takes up the forget
  /// gradient, up to the damping.
  @Test
  void influenceRaisesTheLossOfTheForgotten() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.taught(Pupils.TRAIN, 1)) {
      var request = Pupils.request(model, 1);
      var before = model.weights().digest();
      try (var path = Erase.influenceFunction().begin(request)) {
        assertTrue(path.advance());
        assertTrue(
            Predictions.of(path.classifier(), request.forget()).loss()
                > Predictions.of(model, request.forget()).loss());
      }
      assertEquals(before, model.weights().digest());
    }
  }

  @Test
  void restrictedArmsAskForALearnerThatIsTaughtSo() {
    var restricted = new Restricted(.05, Erase.influenceApproximation());
    assertEquals("IAU, restricted by 0.05", restricted.name());
    var lessons = restricted.learner(Pupils.LEARNER).lessons();
    assertEquals(.05, lessons.restriction());
    assertEquals(2 * Pupils.LEARNER.lessons().passes(), lessons.passes());
    assertEquals(restricted.learner(Pupils.LEARNER), Scarce.of(restricted).learner(Pupils.LEARNER));
    assertEquals(Pupils.LEARNER, restricted.eraser().learner(Pupils.LEARNER));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Erase.influenceApproximation().upTo(0, 1));
    assertThrows(
        IllegalArgumentException.class, () -> Erase.influenceApproximation().upTo(1e-3, 0));
    assertThrows(IllegalArgumentException.class, () -> Erase.influenceFunction().damping(0));
    assertThrows(
        IllegalArgumentException.class, () -> new Restricted(0, Erase.influenceApproximation()));
  }
}
