package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// What every overlay on linear maps promises, whatever its kind.
class OverlayTest {

  private static final ModelConfig CONFIG =
      new ModelConfig(31, 24, 40, 2, 4, 2, 6, 10_000, 1e-5, 128, true);

  private static final int[] TEXT = {3, 1, 4, 1, 5, 9, 2, 6};

  /// A kind of overlay and how one of it is made, untrained.
  private record Kind(String name, Making making) {
    @Override
    public String toString() {
      return name;
    }
  }

  @FunctionalInterface
  private interface Making {
    Overlay on(Adaptable<?> model, String... kinds);
  }

  static Stream<Kind> kinds() {
    return Stream.of(
        new Kind("LoRA", (model, kinds) -> Lora.of(model, 3, 5, 1, kinds)),
        new Kind("stack", OverlayTest::stack),
        new Kind("on a basis", (model, kinds) -> BasisLora.of(model, rows(model, 1, kinds), .7)),
        new Kind("in subspaces", OverlayTest::inSubspaces),
        new Kind(
            "open ranks", (model, kinds) -> new GatedRanks(stack(model, kinds), RankGate.OPEN)),
        new Kind(
            "self-activated ranks",
            (model, kinds) -> new GatedRanks(stack(model, kinds), new SelfActivation(.5, 3, -.2))),
        new Kind("experts", (model, kinds) -> LoraExperts.of(model, 3, 2, 2, 1.5, 1, kinds)),
        new Kind("pool", OverlayTest::pool));
  }

  private static LoraStack stack(Adaptable<?> model, String... kinds) {
    var stack = new LoraStack(Lora.of(model, 2, 3, 1, kinds));
    stack.grow(2);
    return stack;
  }

  /// Asked by one query for all rows.
  private static Overlay pool(Adaptable<?> model, String... kinds) {
    var pool = KeyedPool.of(model, new KeyedPool.Slots(2, 2, 4, 2, 2), 1, kinds);
    var manager = model.weights().asMap().values().iterator().next().getManager();
    return pool.mixed(() -> pool.shares(Memory.ofFloats(manager, new float[] {3, 4, 1, 5}, 1, 4)));
  }

  private static Overlay inSubspaces(Adaptable<?> model, String... kinds) {
    return SubspaceLora.of(model, rows(model, 0, kinds), rows(model, 1, kinds), 2, 1.5, 1);
  }

  /// Five directions of each map's outputs (0) or inputs (1).
  private static Weights rows(Adaptable<?> model, int side, String... kinds) {
    var rows = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      for (var map : Lora.shapes(model, kinds).entrySet()) {
        long width = map.getValue().get(side);
        var random = RandomStream.of(side, map.getKey());
        rows.put(map.getKey(), random.gaussian(manager, new Shape(5, width), .3));
      }
      return Weights.of(rows);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void untrainedItChangesNothing(Kind kind) {
    try (var model = Subjects.sharp(CONFIG, 1);
        var overlay = kind.making.on(model, "q_proj", "down_proj")) {
      assertEquals(4, overlay.adapters().size());
      assertArrayEquals(logits(model), logits(overlay.on(model)));
    }
    try (var model = picturesModel();
        var overlay = kind.making.on(model, "q_proj", "fc2", "classifier")) {
      assertEquals(9, overlay.adapters().size());
      assertArrayEquals(logits(model), logits(overlay.on(model)));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void trainedItChangesThePredictionsButNotTheModel(Kind kind) {
    try (var model = Subjects.sharp(CONFIG, 2);
        var overlay = kind.making.on(model, "q_proj", "down_proj")) {
      float[] before = logits(model);
      var tuned = overlay.on(model); // follows what is trained later
      train(overlay.weights(), 3);
      assertFalse(close(before, logits(tuned), 1e-2f));
      assertArrayEquals(logits(overlay.on(model)), logits(tuned));
      assertArrayEquals(before, logits(model));
    }
    try (var model = picturesModel();
        var overlay = kind.making.on(model, "q_proj", "fc2", "classifier")) {
      train(overlay.weights(), 3);
      assertFalse(close(logits(model), logits(overlay.on(model)), 1e-2f));
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void aCopyIsNotTrainedWithIt(Kind kind) {
    try (var model = Subjects.sharp(CONFIG, 2);
        var overlay = kind.making.on(model, "q_proj", "down_proj")) {
      train(overlay.weights(), 3);
      float[] before = logits(overlay.on(model));
      try (var copy = overlay.copy()) {
        assertArrayEquals(before, logits(copy.on(model)));
        train(overlay.weights(), 4);
        assertArrayEquals(before, logits(copy.on(model)));
        assertFalse(close(before, logits(overlay.on(model)), 1e-2f));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void mergedItPredictsTheSame(Kind kind) {
    try (var model = Subjects.sharp(CONFIG, 4);
        var overlay = kind.making.on(model, "q_proj", "down_proj");
        var pictures = picturesModel();
        var onPictures = kind.making.on(pictures, "q_proj", "fc2", "classifier")) {
      if (overlay instanceof MergeableOverlay mergeable
          && onPictures instanceof MergeableOverlay other) {
        train(overlay.weights(), 5);
        train(onPictures.weights(), 5);
        try (var merged = mergeable.mergedInto(model);
            var classifier = other.mergedInto(pictures)) {
          assertTrue(close(logits(overlay.on(model)), logits(merged), 1e-5f));
          assertTrue(close(logits(onPictures.on(pictures)), logits(classifier), 1e-5f));
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void gradientsAreThoseOfFiniteDifferencesAndReachNothingElse(Kind kind) {
    try (var model = Subjects.sharp(CONFIG, 6);
        var overlay = kind.making.on(model, "q_proj", "down_proj");
        var manager = Torch.manager()) {
      train(overlay.weights(), 7);
      var tuned = overlay.on(model);
      var ids = Memory.ofInts(manager, TEXT, 1, TEXT.length);
      var next = Memory.ofInts(manager, new int[] {1, 4, 1, 5, 9, 2, 6, 5});
      GradientCheck.of(
          overlay.weights(),
          () -> Ops.crossEntropy(tuned.forward(ids).reshape(TEXT.length, -1), next));
      assertTrue(model.weights().asMap().values().stream().noneMatch(NDArray::hasGradient));
    }
  }

  @Test
  void aMapThatIsNotThereIsRefused() {
    try (var model = Subjects.sharp(CONFIG, 1);
        var manager = Torch.manager()) {
      var rows = new LinkedHashMap<String, NDArray>();
      rows.put("lm_head", manager.zeros(new Shape(2, 24)));
      try (var basis = Weights.of(rows)) {
        var problem =
            assertThrows(IllegalArgumentException.class, () -> BasisLora.of(model, basis, 1));
        assertTrue(problem.getMessage().contains("with weights of its own"), "the head is tied");
      }
    }
    try (var model = Subjects.sharp(CONFIG, 1);
        var narrow = rows(model, 0, "down_proj")) {
      var problem =
          assertThrows(IllegalArgumentException.class, () -> BasisLora.of(model, narrow, 1));
      assertTrue(problem.getMessage().contains("expected [rank][in] with rows of 40"));
    }
  }

  private static VisionTransformer picturesModel() {
    return VisionTransformer.random(VisionConfig.small(5), RandomStream.of(1, "model"));
  }

  /// Stands for training: all at random.
  private static void train(Weights weights, long seed) {
    weights
        .asMap()
        .forEach((name, weight) -> {
          float[] values = RandomStream.of(seed, name).gaussians((int) weight.size());
          for (int i = 0; i < values.length; i++) {
            values[i] *= .3f;
          }
          Memory.write(weight, values);
        });
  }

  private static float[] logits(LanguageModel model) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      return Memory.toFloats(model.forward(Memory.ofInts(manager, TEXT, 1, TEXT.length)));
    }
  }

  private static float[] logits(VisionTransformer model) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      float[] numbers = RandomStream.of(1, "picture").gaussians(2 * 28 * 28);
      return Memory.toFloats(model.logits(Memory.ofFloats(manager, numbers, 2, 1, 28, 28)));
    }
  }

  /// Whether no two differ by more than a share of the largest.
  private static boolean close(float[] a, float[] b, float share) {
    float largest = 1;
    float difference = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs(a[i]));
      difference = Math.max(difference, Math.abs(a[i] - b[i]));
    }
    assertEquals(a.length, b.length);
    assertTrue(Float.isFinite(difference), Arrays.toString(b));
    return difference <= share * largest;
  }
}
