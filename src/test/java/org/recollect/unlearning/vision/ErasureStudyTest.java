package org.recollect.unlearning.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.tensor.Memory;
import org.recollect.train.Predictions;
import org.recollect.unlearning.UnlearningMeasures;

class ErasureStudyTest {
  @TempDir Path store;

  private static final Glyphs GLYPHS = Glyphs.of("ILOT");
  private static final LabelledPictures TRAIN =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TRAIN, 40, 1);
  private static final LabelledPictures TEST =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TEST, 15, 1);
  private static final PictureLearner LEARNER = PictureLearner.convNet();

  /// Forgets a class by never naming it again.
  private record Silencing(int label) implements Eraser {
    @Override
    public String name() {
      return "silencing";
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("label", label);
    }

    @Override
    public Erasing begin(PictureRequest request) {
      request.looked(request.forget().size());
      return Erasing.atOnce(
          request.copy(),
          classifier -> {
            var bias = classifier.weights().get("fc.bias");
            float[] values = Memory.toFloats(bias);
            values[label] = -1000;
            Memory.write(bias, values);
          });
    }
  }

  private ErasureStudy study(Erasure... requests) {
    return ErasureStudy.of(LEARNER).forget(requests).storedIn(store);
  }

  private static double value(Results results, String arm, Measure measure) {
    return row(results, arm).samples().get(measure.name()).value();
  }

  private static Row row(Results results, String arm) {
    return results.rows().stream().filter(row -> row.arm().equals(arm)).findFirst().orElseThrow();
  }

  @Test
  void theBoundsStandInEveryTable() {
    var results = study(Erasure.ofClasses(TRAIN, TEST, 2)).compare(new Silencing(2)).run();
    assertEquals(List.of(), results.failures());
    assertEquals(List.of("full model", "retrain oracle", "silencing"), results.arms());
    assertTrue(value(results, "full model", VisionMeasures.FORGET_ACCURACY) > 0.9);
    for (String arm : List.of("retrain oracle", "silencing")) {
      assertEquals(0, value(results, arm, VisionMeasures.FORGET_ACCURACY), arm);
      assertEquals(0, value(results, arm, VisionMeasures.FORGET_TEST_ACCURACY), arm);
      assertTrue(value(results, arm, VisionMeasures.RETAIN_ACCURACY) > 0.6, arm);
      assertTrue(value(results, arm, VisionMeasures.H_MEAN) > 0.6, arm);
    }
    assertEquals(0, value(results, "retrain oracle", VisionMeasures.WEIGHT_DISTANCE));
    assertEquals(0, value(results, "retrain oracle", VisionMeasures.MIA_GAP));
    assertEquals(0, value(results, "retrain oracle", VisionMeasures.LOSS_GAP));
    assertEquals(100, value(results, "retrain oracle", UnlearningMeasures.COST), 1e-9);
    assertEquals(0, value(results, "full model", VisionMeasures.CHANGED));
    assertEquals(1, value(results, "silencing", UnlearningMeasures.STEPS));
    double weights = LEARNER.beginner(TRAIN, 1).trainable().parameters();
    assertEquals(100 / weights, value(results, "silencing", VisionMeasures.CHANGED), 1e-9);
    // One look at a quarter of the pictures, by three for each of ten epochs of the others.
    assertEquals(100 / (3.0 * 3 * 10), value(results, "silencing", UnlearningMeasures.COST), 1e-9);
  }

  /// What is taught under a penalty is led to, and judged by, an oracle that is taught so too.
  @Test
  void armsOfAnotherTeachingHaveAnOracleOfTheirOwn() {
    var request = Erasure.ofClasses(TRAIN, TEST, 2);
    var restricted = new Restricted(.05, PictureBound.RETRAINED);
    var results =
        study(request)
            .compare(restricted, new Restricted(.05, PictureBound.FULL))
            .compare(new Restricted(.05, Erase.ascent()))
            .vary("forgotten", .5)
            .run();
    assertEquals(List.of(), results.failures());
    for (var measure :
        List.of(VisionMeasures.WEIGHT_DISTANCE, VisionMeasures.MIA_GAP, VisionMeasures.LOSS_GAP)) {
      assertEquals(0, value(results, restricted.name(), measure), measure.name());
    }
    assertEquals(100, value(results, restricted.name(), UnlearningMeasures.COST), 1e-9);
    double plain = value(results, "retrain oracle", VisionMeasures.FORGET_LOSS);
    double own = value(results, restricted.name(), VisionMeasures.FORGET_LOSS);
    double known = value(results, "full model, restricted by 0.05", VisionMeasures.FORGET_LOSS);
    assertNotEquals(plain, own);
    assertEquals(
        0, value(results, "full model, restricted by 0.05", VisionMeasures.CHANGED), "its own");
    double half = (Math.exp(-known) + Math.exp(-own)) / 2;
    double left =
        Math.exp(-value(results, "ascent, restricted by 0.05", VisionMeasures.FORGET_LOSS));
    assertTrue(left <= half, left + " is above the level " + half);
    try (var taught = restricted.learner(LEARNER).taught(request.retain(), 1)) {
      assertEquals(Predictions.of(taught, request.forget()).loss(), own, 1e-3);
    }
  }

  @Test
  void requestsAreServedOneAfterTheOther() {
    var requests = Erasure.sequence(TRAIN, TEST, 2, 1);
    assertEquals(80, requests.getLast().retain().size());
    var results =
        ErasureStudy.of(LEARNER)
            .forget(requests)
            .compare(new Silencing(0))
            .vary("request", 1, 2)
            .measure(VisionMeasures.OLD_ACCURACY, VisionMeasures.FORGET_ACCURACY)
            .storedIn(store)
            .run();
    assertEquals(List.of(), results.failures());
    var second = results.where("request", 2);
    assertEquals(0, value(second, "silencing", VisionMeasures.OLD_ACCURACY));
    assertTrue(value(second, "full model", VisionMeasures.OLD_ACCURACY) > 0.9);
    assertTrue(value(second, "silencing", VisionMeasures.FORGET_ACCURACY) > 0.9);
  }

  /// And yet every trial is as if it had begun with the first request.
  @Test
  void noRequestIsServedTwice() {
    var requests = Erasure.sequence(TRAIN, TEST, 3, 1);
    var begun = new ArrayList<Integer>();
    var arm =
        new Eraser() {
          @Override
          public String name() {
            return "counting";
          }

          @Override
          public Map<String, ?> configuration() {
            return Map.of();
          }

          @Override
          public Erasing begin(PictureRequest request) {
            begun.add(request.retain().size());
            return new Silencing(request.retain().size() / 40).begin(request);
          }
        };
    var study = ErasureStudy.of(LEARNER).forget(requests).compare(arm).storedIn(store);
    var onTheWay = study.vary("request", 1, 3).run();
    assertEquals(List.of(120, 80, 40), begun);
    var first = row(onTheWay.where("request", 1), "counting").ledger();
    var third = row(onTheWay.where("request", 3), "counting").ledger();
    assertEquals(3 * first.flop(), third.flop(), 1);
    begun.clear();
    assertEquals(
        onTheWay.where("request", 3).reproducible(),
        study.vary("request", 3).afresh().run().reproducible());
    begun.clear();
    study.vary("request", 2, 1, 3).afresh().run();
    assertEquals(List.of(120, 80, 40), begun);
  }

  @Test
  void singlePicturesHaveNoUnseenKind() {
    var study = study(Erasure.ofPictures(TRAIN, TEST, 10, 1)).compare(new Silencing(0));
    assertThrows(
        IllegalArgumentException.class, () -> study.measure(VisionMeasures.FORGET_TEST_ACCURACY));
    var results = study.measure(VisionMeasures.MIA, VisionMeasures.ZRF).run();
    assertEquals(List.of(), results.failures());
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var study = study(Erasure.ofClasses(TRAIN, TEST, 1)).compare(new Silencing(1));
    assertEquals(study.run().reproducible(), study.afresh().run().reproducible());
  }
}
