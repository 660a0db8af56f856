package org.recollect.unlearning.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.train.Classification;
import org.recollect.train.PictureCost;
import org.recollect.train.Predictions;

class PictureDescentTest {

  private static double loss(PictureTerm term, PictureRequest request) {
    try (var objective = term.begin(request);
        var _ = Torch.newScope()) {
      return objective.loss(request.model(), request.forget(), 0, 1, 2).getFloat();
    }
  }

  @Test
  void termsHaveTheirValues() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      var request = Pupils.request(model, 2);
      double likelihood = loss(PictureTerm.LIKELIHOOD, request);
      assertTrue(likelihood > 0);
      assertEquals(-likelihood, loss(PictureTerm.ASCENT, request), 1e-6);
      // A model agrees with itself, and not with another one.
      assertEquals(0, loss(new Teacher(true), request), 1e-6);
      assertTrue(loss(new Teacher(false), request) > 1e-3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void wrongLabelsAreWrong(long seed) {
    var wrong = RandomRelabelling.relabelled(Pupils.TRAIN, seed);
    int[] counts = new int[4];
    for (int i = 0; i < wrong.size(); i++) {
      var before = Pupils.TRAIN.items().get(i);
      var after = wrong.items().get(i);
      assertNotEquals(before.label(), after.label(), "seed " + seed);
      assertArrayEquals(before.planes(), after.planes());
      counts[after.label()]++;
    }
    for (int count : counts) {
      assertTrue(count > 15, "seed " + seed + ": a class has " + count + " of 160 wrong labels");
    }
  }

  @Test
  void ascentForgetsAndRelabellingKeeps() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      Classification.ofConvNet().teach(model, Pupils.TRAIN, 1);
      String before = model.weights().digest();
      var request = Pupils.request(model, 2);
      try (var ascent = Erase.ascent().begin(request);
          var relabelling = Erase.relabelling().begin(request)) {
        for (int step = 0; step < 15; step++) {
          assertTrue(ascent.advance());
          assertTrue(relabelling.advance());
        }
        double kept = Predictions.of(model, request.retain()).accuracy();
        assertTrue(Predictions.of(model, request.forget()).accuracy() > .8);
        assertEquals(0, Predictions.of(ascent.classifier(), request.forget()).accuracy(), .1);
        var relabelled = relabelling.classifier();
        assertTrue(Predictions.of(relabelled, request.forget()).accuracy() < .5);
        assertTrue(Predictions.of(relabelled, request.retain()).accuracy() > kept - .2);
      }
      assertEquals(before, model.weights().digest());
    }
  }

  /// Two steps lead to the same place as one and another one: nothing depends on how many follow.
  @Test
  void runningStatisticsStay() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1);
        var path = Erase.fineTuning().begin(Pupils.request(model, 2))) {
      path.advance();
      assertArrayEquals(
          Memory.toFloats(model.weights().get("bn2.running_mean")),
          Memory.toFloats(path.classifier().weights().get("bn2.running_mean")));
    }
  }

  @Test
  void costIsPassesOverBatches() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      double forward = PictureCost.forward(model, Pupils.TRAIN.pixels());
      var meter = new Meter();
      // Forty pictures of the class and a batch of the others, three passes each.
      try (var path = Erase.negGradPlus(.9).begin(Pupils.request(model, 2, meter))) {
        path.advance();
      }
      assertEquals((40 + 40) * 3 * forward, meter.read().flop(), forward);
      meter = new Meter();
      try (var path = Erase.badTeacher().begin(Pupils.request(model, 2, meter))) {
        path.advance();
      }
      assertEquals((40 + 40) * 4 * forward, meter.read().flop(), forward);
    }
  }

  @Test
  void fisherNoiseSparesWhatMatters() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1);
        var erasing = Erase.fisherForgetting(1e-3).begin(Pupils.request(model, 2))) {
      assertTrue(erasing.advance());
      assertNotEquals(model.weights().digest(), erasing.classifier().weights().digest());
      float[] before = Memory.toFloats(model.weights().get("fc.weight"));
      float[] after = Memory.toFloats(erasing.classifier().weights().get("fc.weight"));
      for (int i = 0; i < before.length; i++) {
        assertEquals(before[i], after[i], 6 * FisherForgetting.LARGEST);
      }
    }
  }

  @Test
  void fisherNoiseGrowsInEqualParts() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1);
        var whole = Erase.fisherForgetting(1e-3).begin(Pupils.request(model, 2));
        var parts = Erase.fisherForgetting(1e-3).upTo(1e-3, 4).begin(Pupils.request(model, 2))) {
      whole.advance();
      float[] before = Memory.toFloats(model.weights().get("fc.weight"));
      float[] all = Memory.toFloats(whole.classifier().weights().get("fc.weight"));
      parts.advance();
      float[] quarter = Memory.toFloats(parts.classifier().weights().get("fc.weight"));
      for (int i = 0; i < before.length; i++) {
        assertEquals((all[i] - before[i]) / 4, quarter[i] - before[i], 1e-6);
      }
      while (parts.advance()) {}
      assertArrayEquals(all, Memory.toFloats(parts.classifier().weights().get("fc.weight")), 1e-6f);
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Erase.ascent().rate(0));
    assertThrows(IllegalArgumentException.class, () -> Erase.fineTuning().rows(0));
    assertThrows(IllegalArgumentException.class, () -> Erase.negGradPlus(1));
    assertThrows(IllegalArgumentException.class, () -> Erase.fisherForgetting(0));
  }
}
