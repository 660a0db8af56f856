package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class RmuTest {
  private static final int LAYERS = 6;
  private static final int CHANNELS = 32;
  private static TinyWorld world;

  @BeforeAll
  static void open() {
    world = TinyWorld.of(3, LAYERS);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  @Test
  void thePlaceIsFixedAndAsFarAsIsAsked() {
    var rmu = new Rmu().steering(7);
    float[] place = rmu.place(CHANNELS, 4);
    double square = 0;
    for (float each : place) {
      assertTrue(each >= 0);
      square += each * each;
    }
    assertEquals(49, square, 1e-3);
    assertArrayEquals(place, rmu.place(CHANNELS, 4));
    assertFalse(Arrays.equals(place, rmu.place(CHANNELS, 5)));
  }

  @Test
  void theMiddleLayerIsSteered() {
    assertEquals(2, new Rmu().layer(world.now()));
    assertEquals(5, new Rmu().at(5).layer(world.now()));
    try (var shallow = TinyWorld.of(1, 1)) {
      assertEquals(0, new Rmu().layer(shallow.now()));
    }
  }

  /// The loss in double precision, from what the model shows of itself.
  @Test
  void theLossIsItsFormula() {
    int layer = 3;
    var rmu = new Rmu().at(layer);
    float[] place = rmu.place(CHANNELS, world.request().seed());
    var batch = world.batch();
    float[] states = tapped(batch, layer + 1);
    double expected = 0;
    int[] tokens = batch.answerTokens();
    for (int at = 0; at < batch.batch().tokens(); at++) {
      for (int i = 0; i < CHANNELS; i++) {
        double difference = states[at * CHANNELS + i] - place[i];
        expected +=
            batch.batch().weights()[at]
                * difference
                * difference
                / CHANNELS
                / tokens[at / batch.batch().length()]
                / batch.rows();
      }
    }
    assertEquals(expected, world.value(rmu, world.now()), 1e-5 * expected);
  }

  private static float[] tapped(QaBatch batch, int entering) {
    var states = new float[1][];
    try (var _ = Torch.newScope()) {
      world
          .now()
          .hidden(
              batch.inputs(world.now()),
              new Tap() {
                @Override
                public void hidden(int layer, NDArray hidden) {
                  if (layer == entering) {
                    states[0] = Memory.toFloats(hidden);
                  }
                }
              });
    }
    return states[0];
  }

  @Test
  void whatIsKeptStaysWhereItWas() {
    var keeping = new Rmu().keeping();
    assertEquals(0, world.value(keeping, world.before()));
    assertTrue(world.value(keeping, world.now()) > 0);
  }

  /// Only the maps that are named move, and all of them do.
  @Test
  void nothingElseIsTrained() {
    assertMoves(new Rmu(), name -> name.matches("model.layers.[012].mlp.down_proj.weight"));
    assertMoves(new Rmu().at(4), name -> name.matches("model.layers.[234].mlp.down_proj.weight"));
    assertMoves(new Rmu().at(0).onAllMaps(), name -> name.matches("model.layers.0.*_proj.weight"));
  }

  private static void assertMoves(Rmu rmu, Predicate<String> expected) {
    var before = world.before().weights();
    var moved = new LinkedHashSet<String>();
    try (var path = Unlearn.rmu(rmu).begin(world.request())) {
      assertTrue(path.advance() && path.advance());
      path.model()
          .weights()
          .asMap()
          .forEach((name, weight) -> {
            if (!Arrays.equals(Memory.toFloats(weight), Memory.toFloats(before.get(name)))) {
              moved.add(name);
            }
          });
    }
    Set<String> all = before.names().stream().filter(expected).collect(Collectors.toSet());
    assertFalse(all.isEmpty());
    assertEquals(all, moved);
  }

  /// Steps lead the states to the place.
  @Test
  void theStatesGoThere() {
    var rmu = new Rmu();
    double alone = world.value(rmu, world.before());
    try (var path = Unlearn.rmu(rmu).rate(1e-2).begin(world.request())) {
      for (int i = 0; i < 20; i++) {
        path.advance();
      }
      assertTrue(world.value(rmu, path.model()) < 0.5 * alone);
    }
  }

  @Test
  void impossibleConfigurationsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Rmu().steering(0));
    assertThrows(
        IllegalArgumentException.class, () -> world.value(new Rmu().at(LAYERS), world.now()));
  }
}
