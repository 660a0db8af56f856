package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.Memory;
import org.recollect.unlearning.measure.TokenScores;

class QuantisationTest {

  private static final LanguageModel MODEL = Models.nanoJava();
  private static final Attack.Material NOTHING =
      new Attack.Material(List.of(), List.of(), List.of());

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static LanguageModel rounded(Quantisation attack) {
    return attack.weights(MODEL, NOTHING, 0);
  }

  /// A group of 48 does not divide the rows, so that their last groups are shorter.
  @ParameterizedTest
  @CsvSource({"8, 2147483647", "4, 2147483647", "4, 32", "4, 48", "2, 1"})
  void weightsMoveByHalfAStepAtMost(int bits, int group) {
    try (var rounded = rounded(new Quantisation(bits, group))) {
      for (String map : MODEL.linearMaps()) {
        if (map.equals("lm_head")) {
          continue;
        }
        int columns = (int) MODEL.weight(map).getShape().get(1);
        float[] before = Memory.toFloats(MODEL.weight(map));
        float[] after = Memory.toFloats(rounded.weight(map));
        for (int row = 0; row < before.length; row += columns) {
          for (int from = row; from < row + columns; from += Math.min(group, columns)) {
            int to = (int) Math.min((long) from + group, row + columns);
            requireNear(before, after, from, to, bits);
          }
        }
      }
    }
  }

  /// The step is rounded up to half precision, eleven bits of which count.
  private static void requireNear(float[] before, float[] after, int from, int to, int bits) {
    double largest = 0;
    for (int i = from; i < to; i++) {
      largest = Math.max(largest, Math.abs(before[i]));
    }
    double half = Math.max(largest / ((1 << (bits - 1)) - 1) * (1 + 0x1p-9), 0x1p-24) / 2;
    var steps = new HashSet<Float>();
    for (int i = from; i < to; i++) {
      assertTrue(
          Math.abs(before[i] - after[i]) <= half * (1 + 1e-6),
          "weight %d went from %s to %s".formatted(i, before[i], after[i]));
      steps.add(after[i] + 0f);
    }
    assertTrue(steps.size() < 1 << bits, steps.size() + " steps of " + bits + " bits");
  }

  @Test
  void theRestStaysAsItIs() {
    var linear = new HashSet<>(MODEL.linearMaps());
    try (var rounded = rounded(Attack.int4())) {
      for (String name : MODEL.weights().names()) {
        if (!linear.contains(name.replace(".weight", "")) || name.startsWith("lm_head")) {
          assertArrayEquals(
              Memory.toFloats(MODEL.weights().get(name)),
              Memory.toFloats(rounded.weights().get(name)),
              name);
        }
      }
    }
  }

  @Test
  void eightBitsChangePredictionsLittle() {
    try (var eight = rounded(Attack.int8());
        var four = rounded(Attack.int4());
        var finer = rounded(Attack.int4().inGroupsOf(32))) {
      double none = loss(MODEL);
      assertEquals(none, loss(eight), 0.02);
      assertTrue(Math.abs(loss(eight) - none) < Math.abs(loss(four) - none));
      assertTrue(distance(eight) < distance(finer) && distance(finer) < distance(four));
    }
  }

  private static double loss(LanguageModel model) {
    return scores(model).meanLoss();
  }

  private static TokenScores scores(LanguageModel model) {
    return Respondent.of(model)
        .scores("public final class", "Strings implements Comparable<String> { private int");
  }

  /// How far the weights have moved, as a sum of squares.
  private static double distance(LanguageModel rounded) {
    double sum = 0;
    for (String name : MODEL.weights().names()) {
      float[] before = Memory.toFloats(MODEL.weights().get(name));
      float[] after = Memory.toFloats(rounded.weights().get(name));
      for (int i = 0; i < before.length; i++) {
        sum += Math.pow(before[i] - after[i], 2);
      }
    }
    return sum;
  }

  @Test
  void impossibleStepsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Quantisation(1, 32));
    assertThrows(IllegalArgumentException.class, () -> new Quantisation(9, 32));
    assertThrows(IllegalArgumentException.class, () -> Attack.int4().inGroupsOf(0));
  }

  @Test
  void namesTellThemApart() {
    assertEquals("int8", Attack.int8().name());
    assertEquals("int4", Attack.int4().name());
    assertEquals("int4 in groups of 32", Attack.int4().inGroupsOf(32).name());
  }
}
