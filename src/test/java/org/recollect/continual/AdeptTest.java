package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.recollect.continual.expand.Adept;
import org.recollect.data.Example.Question;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;

class AdeptTest {

  private static LanguageTrainee trainee(Teacher teacher) {
    return (LanguageTrainee) teacher.trainee();
  }

  /// The layers that are trained, in order.
  private static List<Integer> trained(Teacher teacher) {
    return teacher.trainee().trainable().names().stream()
        .map(name -> Integer.parseInt(name.split("\\.")[2]))
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @EnumSource(Adept.Choice.class)
  void allButTheCopiesStaysAsItWas(Adept.Choice choice) {
    var stream = TinyCourse.letters();
    try (var base = TinyCourse.base(stream).begin(stream, 1, new Meter());
        var teacher = TinyCourse.teacher(Continual.adept(1).of(choice), stream, 1)) {
      teacher.teach();
      var trainee = trainee(teacher);
      int copy = trained(teacher).getFirst();
      assertEquals(1, trained(teacher).size());
      assertEquals(3, trainee.adaptable().config().layers());
      for (int layer = 0; layer < 2; layer++) {
        int now = layer < copy ? layer : layer + 1;
        for (String weight : List.of("mlp.up_proj", "input_layernorm", "self_attn.o_proj")) {
          assertArrayEquals(
              Memory.toFloats(base.weights().get(name(layer, weight))),
              Memory.toFloats(trainee.weights().get(name(now, weight))));
        }
      }
      float[] end = Memory.toFloats(trainee.weights().get(name(copy, "mlp.down_proj")));
      assertFalse(Arrays.equals(new float[end.length], end));
    }
  }

  private static String name(int layer, String weight) {
    return "model.layers.%d.%s.weight".formatted(layer, weight);
  }

  @Test
  void theLeastAndTheMostNeededLayersAreTold() {
    var stream = TinyCourse.letters();
    try (var least = TinyCourse.teacher(Continual.adept(1), stream, 1);
        var most = TinyCourse.teacher(Continual.adept(1).of(Adept.Choice.MOST_NEEDED), stream, 1)) {
      least.teach(1, Optional.empty());
      most.teach(1, Optional.empty());
      double[] importance = least.hooks().figure(Adept.LAYER_IMPORTANCE);
      assertArrayEquals(importance, most.hooks().figure(Adept.LAYER_IMPORTANCE));
      int lower = importance[0] < importance[1] ? 0 : 1;
      assertEquals(List.of(lower + 1), trained(least));
      assertEquals(List.of(2 - lower), trained(most));
    }
  }

  /// One update a task: none in the first, and one before the second, that holds throughout it.
  @Test
  void theTensorThatIsNeededMostStandsStillOnceItIsKnown() {
    var strategy = new Adept(1, Adept.Choice.LEAST_NEEDED, true, 8, 1);
    var stream = TinyCourse.letters();
    try (var teacher = TinyCourse.teacher(strategy, stream, 1);
        var uniform = TinyCourse.teacher(strategy.uniform(), stream, 1)) {
      teacher.teach(1, Optional.empty());
      uniform.teach(1, Optional.empty());
      double[] rates = teacher.hooks().figure(Adept.UNIT_RATES);
      assertTrue(Arrays.stream(rates).allMatch(rate -> rate == 1));
      var trained = teacher.trainee().trainable();
      trained
          .asMap()
          .forEach((name, tensor) ->
              assertArrayEquals(
                  Memory.toFloats(uniform.trainee().weights().get(name)),
                  Memory.toFloats(tensor),
                  1e-5f));
      try (var before = trained.copy()) {
        teacher.teach(2, Optional.empty());
        rates = teacher.hooks().figure(Adept.UNIT_RATES);
        assertEquals(0, Arrays.stream(rates).min().orElseThrow());
        assertEquals(2, Arrays.stream(rates).max().orElseThrow(), 1e-12);
        int unit = 0;
        for (String name : trained.names()) {
          float[] was = Memory.toFloats(before.get(name));
          assertEquals(rates[unit++] == 0, Arrays.equals(was, Memory.toFloats(trained.get(name))));
        }
      }
    }
  }

  /// The tokenizer is the first model's own.
  @Test
  void theGrownModelStillReads() {
    var stream = TinyCourse.letters();
    try (var teacher = TinyCourse.teacher(Continual.adept(2), stream, 1)) {
      teacher.teach(1, Optional.empty());
      var question = (Question) stream.judged(2).getFirst().example();
      try (var snapshot = (LanguageTrainee) trainee(teacher).snapshot()) {
        assertEquals(trainee(teacher).answer(question), snapshot.answer(question));
      }
    }
  }

  @Test
  void refusesWhatHasNoLayersToCopy() {
    assertThrows(
        IllegalArgumentException.class,
        () -> TinyCourse.teacher(Continual.adept(1), TinyCourse.glyphs(), 1));
    assertThrows(IllegalArgumentException.class, () -> Continual.adept(0));
    var names =
        Arrays.stream(Adept.Choice.values()).map(each -> Continual.adept(1).of(each).name());
    assertEquals(4, names.distinct().count());
    assertEquals("LLaMA-Pro", Continual.adept(1).of(Adept.Choice.EVENLY).uniform().name());
  }
}
