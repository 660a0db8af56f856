package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

class CheckpointsTest {
  @TempDir Path folder;

  private int trainings;

  @Test
  void trainsOnceForEachRecipe() {
    var checkpoints = new Checkpoints(folder.resolve("new"));
    try (var first = checkpoints.get(() -> trained(1), "recipe", 1, List.of("a"));
        var again = checkpoints.get(() -> trained(2), "recipe", 1, List.of("a"));
        var other = checkpoints.get(() -> trained(2), "recipe", 2, List.of("a"))) {
      assertEquals(2, trainings);
      assertEquals(first.digest(), again.digest());
      assertNotEquals(first.digest(), other.digest());
    }
  }

  @Test
  void leavesNothingBehindATrainingThatFails() {
    var checkpoints = new Checkpoints(folder);
    Supplier<Weights> diverging =
        () -> {
          throw new ArithmeticException("diverged");
        };
    assertThrows(ArithmeticException.class, () -> checkpoints.get(diverging, "recipe"));
    assertArrayEquals(new String[0], folder.toFile().list());
    checkpoints.get(() -> trained(1), "recipe").close();
    assertEquals(1, trainings);
  }

  @Test
  void trainsOnOneThreadWhoeverAsks() {
    var seen = new ArrayList<String>();
    Supplier<Weights> watched =
        () -> {
          seen.add(Torch.describe());
          return trained(1);
        };
    try (var _ = Torch.withThreads(2)) {
      new Checkpoints(folder).get(watched, "recipe").close();
      seen.add(Torch.describe());
    }
    assertTrue(seen.getFirst().contains(" 1 threads"), seen.toString());
    assertTrue(seen.getLast().contains(" 2 threads"), seen.toString());
  }

  private Weights trained(long seed) {
    trainings++;
    try (var manager = Torch.manager()) {
      return Weights.of(
          Map.of("weight", RandomStream.of(seed).gaussian(manager, new Shape(3, 2), 1)));
    }
  }
}
