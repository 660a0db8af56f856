package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class TrainerTest {

  private static final Schedule RATE = new Schedule.Cosine(0.01, 2, 20, 0);

  static List<Optimizer> optimizers() {
    return List.of(new AdamW(), Optimizer.split(new Muon(), new AdamW(), 0.5));
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void resumedRunEndsWithTheSameBits(Optimizer optimizer, @TempDir Path folder) {
    var file = folder.resolve("checkpoint.safetensors");
    String unbroken;
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), optimizer, RATE, 0.5)) {
      train(trainer, model, 6);
      unbroken = model.weights().digest();
    }
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), optimizer, RATE, 0.5)) {
      train(trainer, model, 3);
      assertNotEquals(unbroken, model.weights().digest());
      trainer.save(file);
    }
    try (var model = Models.random(Lessons.SHAPE, 2);
        var trainer = new Trainer(model.weights(), optimizer, RATE, 0.5)) {
      trainer.load(file);
      assertEquals(3, trainer.steps());
      train(trainer, model, 3);
      assertEquals(unbroken, model.weights().digest());
    }
  }

  private static void train(Trainer trainer, LanguageModel model, int steps) {
    for (int i = 0; i < steps; i++) {
      trainer.step(Lessons.loss(model, Lessons.batch(trainer.steps(), 3, 17)));
    }
  }

  @Test
  void severalBatchesEqualOneLargeBatch() {
    var whole = Lessons.batch(7, 4, 12);
    var first = half(whole, 0);
    var second = half(whole, 2);
    var rule = new Plain();
    float[] together;
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), rule, new Schedule.Constant(1), 1e9)) {
      trainer.step(Lessons.loss(model, whole));
      together = flat(model);
    }
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), rule, new Schedule.Constant(1), 1e9)) {
      trainer.step(
          List.of(
              () -> NextToken.mean(NextToken.losses(model, first), first, whole.weight()),
              () -> NextToken.mean(NextToken.losses(model, second), second, whole.weight())));
      float[] parts = flat(model);
      for (int i = 0; i < parts.length; i++) {
        assertEquals(together[i], parts[i], 1e-6);
      }
    }
  }

  @Test
  void longGradientsAreShortenedAndShortOnesLeft() {
    var batch = Lessons.batch(3, 2, 9);
    for (double limit : new double[] {1e-3, 1e3}) {
      try (var model = Models.random(Lessons.SHAPE, 1);
          var trainer =
              new Trainer(model.weights(), new Plain(), new Schedule.Constant(1), limit)) {
        float[] before = flat(model);
        var step = trainer.step(Lessons.loss(model, batch));
        float[] after = flat(model);
        double moved = 0;
        for (int i = 0; i < after.length; i++) {
          moved += Math.pow(after[i] - before[i], 2);
        }
        double expected = Math.min(limit, step.gradientNorm());
        assertEquals(expected, Math.sqrt(moved), 1e-3 * expected);
      }
    }
  }

  @Test
  void hooksSeeAndChangeGradientsAndHearOfTheStep() {
    var silence =
        new TrainingHook() {
          long heard = -1;

          @Override
          public void gradients(long step, Map<String, NDArray> gradients) {
            assertEquals(Lessons.SHAPE.shapes().keySet(), gradients.keySet());
            gradients.values().forEach(gradient -> gradient.muli(0));
          }

          @Override
          public void after(Trainer.Step step) {
            heard = step.index();
          }
        };
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new Plain(), RATE, 1, silence)) {
      String before = model.weights().digest();
      trainer.step(Lessons.loss(model, Lessons.batch(1, 2, 5)));
      assertEquals(before, model.weights().digest());
      assertEquals(0, silence.heard);
    }
  }

  @Test
  void displacementIsWhatTheOptimiserDoesAndWhatIsLeftOfIt() {
    var batch = Lessons.batch(1, 2, 5);
    float[] free = trained(batch);
    float[] same = trained(batch, 1);
    float[] halved = trained(batch, 0.5f);
    float[] held = trained(batch, 0);
    float[] before;
    try (var model = Models.random(Lessons.SHAPE, 1)) {
      before = flat(model);
    }
    assertArrayEquals(before, held, "no displacement leaves every bit");
    assertArrayEquals(free, same, 1e-7f);
    for (int i = 0; i < free.length; i++) {
      assertEquals((free[i] + before[i]) / 2, halved[i], 1e-6f);
    }
  }

  /// The weights after a step of Adam whose displacement is multiplied by numbers.
  private static float[] trained(Batch batch, float... factors) {
    var hooks = new TrainingHook[factors.length];
    for (int i = 0; i < factors.length; i++) {
      float factor = factors[i];
      hooks[i] =
          new TrainingHook() {
            @Override
            public boolean constrains() {
              return true;
            }

            @Override
            public void displacement(long step, Map<String, NDArray> displacements) {
              assertEquals(Lessons.SHAPE.shapes().keySet(), displacements.keySet());
              displacements.values().forEach(displacement -> displacement.muli(factor));
            }
          };
    }
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), RATE, 1, hooks)) {
      trainer.step(Lessons.loss(model, batch));
      return flat(model);
    }
  }

  @Test
  void lossThatIsNoNumberChangesNothing() {
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), RATE, 1)) {
      String before = model.weights().digest();
      var batch = Lessons.batch(1, 2, 5);
      var problem =
          assertThrows(
              ArithmeticException.class,
              () -> trainer.step(() -> NextToken.mean(NextToken.losses(model, batch), batch, 0)));
      assertTrue(problem.getMessage().contains("learning rate"), problem.getMessage());
      assertEquals(before, model.weights().digest());
      assertEquals(0, trainer.steps());
      trainer.step(Lessons.loss(model, batch));
      assertTrue(Float.isFinite(flat(model)[0]));
    }
  }

  @Test
  void learnsASentenceByHeart() {
    int[] sentence = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9};
    var batch = Batch.of(List.of(SequenceSource.Sequence.even(sentence)), List.of("digits"));
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer =
            new Trainer(
                model.weights(),
                Optimizer.split(new Muon(), new AdamW(), 1),
                new Schedule.Constant(0.01),
                1)) {
      double first = trainer.step(Lessons.loss(model, batch)).loss();
      assertEquals(Math.log(Lessons.SHAPE.vocabSize()), first, 0.3);
      double last = first;
      for (int i = 0; i < 80; i++) {
        last = trainer.step(Lessons.loss(model, batch)).loss();
      }
      assertTrue(last < 0.1, "loss " + last);
    }
  }

  @Test
  void stepsLeaveNoArraysBehind() {
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), RATE, 1)) {
      var manager = model.weights().get("model.norm.weight").getManager();
      train(trainer, model, 2);
      int before = manager.getManagedArrays().size();
      train(trainer, model, 5);
      assertEquals(before, manager.getManagedArrays().size());
    }
  }

  @Test
  void checkpointOfAnotherRunIsRefused(@TempDir Path folder) throws Exception {
    var file = folder.resolve("checkpoint.safetensors");
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), RATE, 1)) {
      trainer.save(file);
    }
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new Plain(), RATE, 1)) {
      assertThrows(IllegalArgumentException.class, () -> trainer.load(file));
    }
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 40));
    try (var model = Models.random(Lessons.SHAPE, 1);
        var trainer = new Trainer(model.weights(), new AdamW(), RATE, 1)) {
      String before = model.weights().digest();
      assertThrows(IllegalArgumentException.class, () -> trainer.load(file));
      assertEquals(before, model.weights().digest());
    }
  }

  /// Plain gradient descent.
  private record Plain() implements Optimizer {

    @Override
    public int memory(String name, Shape shape) {
      return 0;
    }

    @Override
    public void update(Parameter parameter, double learningRate, long step) {
      parameter.weight().subi(parameter.gradient());
    }
  }

  private static Batch half(Batch batch, int from) {
    int length = batch.length();
    return new Batch(
        2,
        length,
        Arrays.copyOfRange(batch.inputs(), from * length, (from + 2) * length),
        Arrays.copyOfRange(batch.targets(), from * length, (from + 2) * length),
        Arrays.copyOfRange(batch.weights(), from * length, (from + 2) * length),
        batch.sources().subList(from, from + 2));
  }

  private static float[] flat(LanguageModel model) {
    try (var _ = Torch.newScope()) {
      float[] all = new float[(int) model.weights().parameters()];
      int at = 0;
      for (var weight : model.weights().asMap().values()) {
        float[] part = Memory.toFloats(weight);
        System.arraycopy(part, 0, all, at, part.length);
        at += part.length;
      }
      return all;
    }
  }
}
