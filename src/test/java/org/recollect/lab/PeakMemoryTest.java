package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.types.Shape;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Torch;

class PeakMemoryTest {

  private static final long BYTES = 64L << 20;

  /// One array at a time is one, however many there were; two at once are two.
  @Test
  void countsWhatIsHeldAtOnce() {
    long single =
        PeakMemory.of(() -> {
          hold(1);
          hold(1);
        });
    assertEquals(BYTES, single, 0.3 * BYTES);
    assertEquals(2 * BYTES, PeakMemory.of(() -> hold(2)), 0.3 * BYTES);
  }

  private static void hold(int arrays) {
    try (var manager = Torch.manager()) {
      for (int i = 0; i < arrays; i++) {
        manager.zeros(new Shape(BYTES / Float.BYTES)).addi(1);
      }
    }
  }

  @Test
  void workThatFailsIsReported() {
    assertThrows(
        ArithmeticException.class,
        () ->
            PeakMemory.of(() -> {
              throw new ArithmeticException("no");
            }));
  }
}
