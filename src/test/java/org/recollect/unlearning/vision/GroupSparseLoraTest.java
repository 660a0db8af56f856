package org.recollect.unlearning.vision;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Split;
import org.recollect.lab.Meter;
import org.recollect.model.Adaptable;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.Predictions;
import org.recollect.train.WeightImportance;

class GroupSparseLoraTest {
  private static final Glyphs GLYPHS = Glyphs.of("ILOT");
  private static final LabelledPictures TRAIN =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TRAIN, 30, 1);
  private static final LabelledPictures TEST =
      LabelledPictures.draw(GLYPHS, GlyphStyle.MIXED, Split.TEST, 10, 1);
  private static final Erasure ERASURE = Erasure.ofClasses(TRAIN, TEST, 2);
  private static final BoundedAscent SHORT = BoundedAscent.ofAdapters().rate(1e-2).steps(40);

  private static Torch.Threads threads;
  private static ImageClassifier full;

  @BeforeAll
  static void teach() {
    threads = Torch.withThreads(1);
    full = PictureLearner.transformer().taught(TRAIN, 1);
  }

  @AfterAll
  static void close() {
    full.close();
    threads.close();
  }

  private static PictureRequest request(ImageClassifier model, Meter meter) {
    return new PictureRequest(
        model, ERASURE.forget(), ERASURE.retain(), PictureLearner.transformer(), 1, meter, null);
  }

  private static Erasing served(Eraser eraser) {
    var erasing = eraser.begin(request(full, new Meter()));
    while (erasing.advance()) {}
    return erasing;
  }

  /// How much each block changed, in order.
  private static double[] changes(ImageClassifier model) {
    var squares = new TreeMap<String, Double>();
    model
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          float[] now = Memory.toFloats(weight);
          float[] before = Memory.toFloats(full.weights().get(name));
          double sum = 0;
          for (int i = 0; i < now.length; i++) {
            sum += Math.pow(now[i] - before[i], 2);
          }
          squares.merge(Adaptable.block(name).orElse("outside"), sum, Double::sum);
        });
    squares.remove("outside");
    return squares.values().stream().mapToDouble(Math::sqrt).toArray();
  }

  @Test
  void aClassIsForgottenAndTheRestIsKept() {
    for (Eraser eraser :
        List.of(
            GroupSparseLora.gsLora().alpha(.01).ascent(SHORT),
            GroupSparseLora.plusPlus().ascent(SHORT))) {
      try (var erasing = served(eraser)) {
        assertTrue(Predictions.of(full, ERASURE.forget()).accuracy() > .9);
        assertTrue(
            Predictions.of(erasing.classifier(), ERASURE.forget()).accuracy() < .1, eraser.name());
        assertTrue(
            Predictions.of(erasing.classifier(), ERASURE.retain()).accuracy() > .9, eraser.name());
      }
    }
  }

  @Test
  void onlyTheFeedForwardMapsChangeAndNothingOfTheModelThatCame() {
    String before = full.weights().digest();
    try (var erasing = served(GroupSparseLora.gsLora().alpha(0).ascent(SHORT))) {
      assertEquals(before, full.weights().digest());
      erasing
          .classifier()
          .weights()
          .asMap()
          .forEach((name, weight) -> {
            boolean adapted = name.matches(".*mlp\\.fc[12]\\.weight");
            float[] now = Memory.toFloats(weight);
            float[] then = Memory.toFloats(full.weights().get(name));
            assertEquals(!adapted, Arrays.equals(now, then), name);
          });
      // Two thin matrices of rank 8 beside each of two maps of 64 x 128 in each of four blocks.
      assertEquals(4 * 2 * 8 * (64 + 128), erasing.trained());
    }
  }

  @Test
  void thePenaltyEmptiesBlocksAndWithoutItAllAreActive() {
    try (var free = served(GroupSparseLora.gsLora().alpha(0).ascent(SHORT));
        var emptied = served(GroupSparseLora.gsLora().alpha(10).warm(0).ascent(SHORT.steps(100)))) {
      for (double change : changes(free.classifier())) {
        assertTrue(change > .01, "without a penalty: " + change);
      }
      for (double change : changes(emptied.classifier())) {
        assertTrue(change < 1e-3, "with nothing but a penalty: " + change);
      }
    }
  }

  /// With alpha at 10 the penalty would empty all blocks; before it sets in there is none.
  @Test
  void thePenaltySetsInWhenItIsTold() {
    try (var late = served(GroupSparseLora.gsLora().alpha(10).warm(1).ascent(SHORT));
        var free = served(GroupSparseLora.gsLora().alpha(0).ascent(SHORT))) {
      assertEquals(free.classifier().weights().digest(), late.classifier().weights().digest());
    }
  }

  @Test
  void theNextRequestStartsFromTheMergedModel() {
    var eraser = GroupSparseLora.gsLora().ascent(SHORT);
    try (var first = served(eraser)) {
      String merged = first.classifier().weights().digest();
      try (var second = eraser.begin(request(first.classifier(), new Meter()))) {
        assertEquals(merged, second.classifier().weights().digest());
        assertTrue(second.advance());
        assertFalse(merged.equals(second.classifier().weights().digest()));
        assertEquals(merged, first.classifier().weights().digest());
      }
    }
  }

  @Test
  void otherClassifiersAreRefused() {
    try (var net = PictureLearner.convNet().beginner(TRAIN, 1)) {
      var refusal =
          assertThrows(
              IllegalArgumentException.class,
              () -> GroupSparseLora.gsLora().begin(request(net, new Meter())));
      assertTrue(refusal.getMessage().contains("ConvNet"), refusal.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> GroupSparseLora.gsLora().alpha(-1));
    assertThrows(IllegalArgumentException.class, () -> GroupSparseLora.gsLora().warm(2));
    assertThrows(
        IllegalArgumentException.class,
        () -> new GroupSparseLora.Plus(-1, 0, Optional.empty(), 0, 0));
    assertThrows(IllegalArgumentException.class, () -> BoundedAscent.ofAdapters().bound(0));
    assertThrows(IllegalArgumentException.class, () -> BoundedAscent.ofAdapters().steps(0));
    assertThrows(IllegalArgumentException.class, () -> BoundedTuning.l2(-1));
  }

  /// Beyond the bound a loss may do as it likes; short of it beta pushes it up.
  @Test
  void beyondTheBoundThereIsNoGradient() {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      for (float loss : new float[] {.5f, 1.9f, 2.1f, 50}) {
        var forgotten = Memory.ofFloats(manager, new float[] {loss}, 1);
        forgotten.setRequiresGradient(true);
        var kept = Memory.ofFloats(manager, new float[] {3}, 1);
        try (var tape = Torch.gradients()) {
          var value = SHORT.beta(.25).bound(2).loss(kept, forgotten.sum(), 10).sum();
          assertEquals(3 + .25 * Math.max(0, 2 - loss), value.getFloat(), 1e-6);
          tape.backward(value);
        }
        assertArrayEquals(
            new float[] {loss < 2 ? -.25f : 0}, Memory.toFloats(forgotten.getGradient()), 1e-6f);
      }
    }
  }

  @Test
  void whatIsHeldMovesLess() {
    var ascent = BoundedAscent.ofWeights().steps(30);
    try (var free = served(BoundedTuning.full().ascent(ascent));
        var held = served(BoundedTuning.l2(10).ascent(ascent));
        var answering = served(BoundedTuning.lwf(10).ascent(ascent))) {
      assertEquals(full.trainable().parameters(), free.trained());
      assertTrue(total(changes(held.classifier())) < .5 * total(changes(free.classifier())));
      assertTrue(fromOldAnswers(answering) < fromOldAnswers(free));
    }
  }

  /// Freely, one distance is as good as another; held by EWC, what matters moves least.
  @Test
  void whatMattersIsHeldMost() {
    var ascent = BoundedAscent.ofWeights().steps(30);
    try (var fisher = WeightImportance.fisher(full, ERASURE.retain());
        var free = served(BoundedTuning.full().ascent(ascent));
        var equally = served(BoundedTuning.l2(1).ascent(ascent));
        var byFisher = served(BoundedTuning.ewc(1e4).ascent(ascent))) {
      assertTrue(moved(byFisher, fisher) < .5 * moved(free, fisher));
      assertTrue(share(byFisher, fisher) < .5 * share(equally, fisher));
    }
  }

  /// How much of the way of all weights, each as long as the next, is on those that matter.
  private static double share(Erasing erasing, Weights fisher) {
    try (var each = fisher.map((_, weight) -> weight.onesLike())) {
      return moved(erasing, fisher) / moved(erasing, each);
    }
  }

  /// The squared way of each weight by its importance, over all.
  private static double moved(Erasing erasing, Weights importance) {
    double sum = 0;
    for (String name : importance.names()) {
      float[] by = Memory.toFloats(importance.get(name));
      float[] now = Memory.toFloats(erasing.classifier().weights().get(name));
      float[] before = Memory.toFloats(full.weights().get(name));
      for (int i = 0; i < now.length; i++) {
        sum += by[i] * Math.pow(now[i] - before[i], 2);
      }
    }
    return sum;
  }

  private static double total(double[] values) {
    return Arrays.stream(values).sum();
  }

  /// The distance of the logits of what is kept from those before.
  private static double fromOldAnswers(Erasing erasing) {
    float[][] before = Predictions.of(full, ERASURE.retain()).logits();
    float[][] now = Predictions.of(erasing.classifier(), ERASURE.retain()).logits();
    double sum = 0;
    for (int i = 0; i < now.length; i++) {
      for (int c = 0; c < now[i].length; c++) {
        sum += Math.pow(now[i][c] - before[i][c], 2);
      }
    }
    return sum;
  }

  @Test
  void scarceArmsSeeLess() {
    var seen = new ArrayList<PictureRequest>();
    var looking =
        new Eraser() {
          @Override
          public String name() {
            return "looking";
          }

          @Override
          public Map<String, ?> configuration() {
            return Map.of();
          }

          @Override
          public Erasing begin(PictureRequest request) {
            seen.add(request);
            return Erasing.none(request.model());
          }
        };
    for (Scarce scarce :
        List.of(
            Scarce.of(looking),
            Scarce.of(looking).keeping(.1),
            Scarce.of(looking).few(4),
            Scarce.of(looking).missing(.3).few(4))) {
      scarce.begin(request(full, new Meter())).close();
    }
    var sizes = seen.stream().map(r -> List.of(r.forget().size(), r.retain().size())).toList();
    assertEquals(List.of(List.of(30, 90), List.of(30, 9), List.of(4, 12), List.of(4, 8)), sizes);
    assertThrows(IllegalArgumentException.class, () -> Scarce.of(looking).keeping(0));
    assertThrows(IllegalArgumentException.class, () -> Scarce.of(looking).few(0));
    assertThrows(IllegalArgumentException.class, () -> Scarce.of(looking).missing(1));
  }
}
