package org.recollect.unlearning.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.Meter;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.train.PictureCost;
import org.recollect.train.WeightImportance;

class SelectiveDampeningTest {
  @TempDir Path store;

  @Test
  void selectedWeightsShrinkByTheRatio() {
    float[] all = {1, 1, 1, 0, 0};
    float[] forget = {4, 2, 1.9f, 0, 3};
    assertArrayEquals(
        new float[] {.25f, 1, 1, 1, 0}, new SelectiveDampening(2, 1).factors(all, forget));
    assertArrayEquals(
        new float[] {.125f, 1, 1, 1, 0}, new SelectiveDampening(2, .5).factors(all, forget));
    // Nothing grows.
    assertArrayEquals(
        new float[] {1, 1, 1, 1, 0}, new SelectiveDampening(2, 9).factors(all, forget));
  }

  @Test
  void alphaIsBelowTheLimit() {
    try (var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      var request = Pupils.request(model, 0);
      // One of four classes of equal size.
      var refused =
          assertThrows(
              IllegalArgumentException.class, () -> new SelectiveDampening(4, 1).begin(request));
      assertTrue(refused.getMessage().contains("choose alpha below"), refused.getMessage());
      new SelectiveDampening(3.9, 1).begin(request).close();
      new SelectiveDampening(4, 1).batches(10).begin(request).close();
    }
    assertThrows(IllegalArgumentException.class, () -> new SelectiveDampening(0, 1));
  }

  /// Nothing is above the limit on any model.
  @Test
  void nearTheLimitNothingChanges() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 2);
        var erasing = new SelectiveDampening(3.999, 1).begin(Pupils.request(model, 1))) {
      assertTrue(erasing.advance());
      int changed = 0;
      for (double factor : factors(erasing.classifier(), model)) {
        changed += factor == 1 ? 0 : 1;
      }
      assertTrue(changed < 300, changed + " weights have importance for one class alone");
    }
  }

  /// Batches of one class keep what its gradients have in common, so that their importance of all
  /// is larger, and less is above it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void onlyUnshuffledBatchesDependOnTheOrderOfTheSet(long seed) {
    var batches = new SelectiveDampening(2, 1).batches(20);
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, seed)) {
      var byClass = Pupils.request(model, 0);
      var mixed =
          byClass.given(
              byClass.forget(), byClass.retain().shuffled(RandomStream.of(seed, "mixed")));
      long drawn = changed(batches, byClass, model);
      assertEquals(drawn, changed(batches, byClass, model), "drawn again, seed " + seed);
      assertEquals(drawn, changed(batches, mixed, model), .2 * drawn, "seed " + seed);
      var unshuffled = batches.unshuffled();
      assertTrue(
          2 * changed(unshuffled, byClass, model) < changed(unshuffled, mixed, model),
          "seed " + seed);
    }
  }

  private static long changed(
      SelectiveDampening arm, PictureRequest request, ImageClassifier model) {
    try (var erasing = arm.begin(request)) {
      erasing.advance();
      return Arrays.stream(factors(erasing.classifier(), model))
          .filter(factor -> factor != 1)
          .count();
    }
  }

  @Test
  void theControlDampensAsMuchElsewhere() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1);
        var chosen = new SelectiveDampening(2, 1).begin(Pupils.request(model, 0));
        var random = new SelectiveDampening(2, 1).atRandom().begin(Pupils.request(model, 0))) {
      chosen.advance();
      random.advance();
      String name = "conv3.weight";
      assertEquals(
          changed(chosen.classifier(), model, name), changed(random.classifier(), model, name));
      assertTrue(changed(chosen.classifier(), model, name) > 0);
      assertTrue(
          !Arrays.equals(factors(chosen.classifier(), model), factors(random.classifier(), model)));
    }
  }

  @Test
  void aClassIsForgottenAndTheRestKept() {
    var results =
        ErasureStudy.of(Pupils.LEARNER)
            .forget(Erasure.ofClasses(Pupils.TRAIN, Pupils.TEST, 0))
            .compare(Erase.dampening(1.5))
            .measure(VisionMeasures.FORGET_ACCURACY, VisionMeasures.RETAIN_ACCURACY)
            .storedIn(store)
            .run();
    assertEquals(List.of(), results.failures());
    var row = results.rows().getLast();
    assertEquals("SSD, alpha 1.5", row.arm());
    assertTrue(row.samples().get("forget accuracy").value() < .6, row.toString());
    assertTrue(row.samples().get("retain accuracy").value() > .8, row.toString());
  }

  @Test
  void ratiosStayBelowTheLimit() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 3);
        var all = WeightImportance.fisher(model, Pupils.TRAIN);
        var forget = WeightImportance.fisher(model, Pupils.request(model, 3).forget())) {
      var ratios = SelectiveDampening.ratios(forget, all);
      assertEquals(model.trainable().names(), ratios.keySet());
      for (double ratio : ratios.get("conv3.weight")) {
        assertTrue(ratio >= 0 && ratio <= 4.001, "a ratio of " + ratio);
      }
    }
  }

  @Test
  void costIsAPassOverEachSet() {
    try (var _ = Torch.withThreads(1);
        var model = Pupils.LEARNER.beginner(Pupils.TRAIN, 1)) {
      var meter = new Meter();
      var request = Pupils.request(model, 0, meter);
      try (var erasing = Erase.dampening(2).begin(request)) {
        erasing.advance();
      }
      double each = 3 * PictureCost.forward(model, Pupils.TRAIN.pixels());
      assertEquals((160 + 40) * each, meter.read().flop(), 1e-6 * each);
    }
  }

  private static double[] factors(ImageClassifier after, ImageClassifier before) {
    return after.trainable().names().stream()
        .flatMapToDouble(name -> Arrays.stream(factors(after, before, name)))
        .toArray();
  }

  private static long changed(ImageClassifier after, ImageClassifier before, String name) {
    return Arrays.stream(factors(after, before, name)).filter(factor -> factor != 1).count();
  }

  private static double[] factors(ImageClassifier after, ImageClassifier before, String name) {
    float[] now = Memory.toFloats(after.weights().get(name));
    float[] then = Memory.toFloats(before.weights().get(name));
    double[] factors = new double[now.length];
    for (int i = 0; i < factors.length; i++) {
      factors[i] = now[i] == then[i] ? 1 : now[i] / then[i];
    }
    return factors;
  }
}
