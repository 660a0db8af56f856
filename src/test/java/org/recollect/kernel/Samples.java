package org.recollect.kernel;

import java.util.Random;
import java.util.stream.Stream;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Random vectors and the formats that the tests go through.
final class Samples {

  private Samples() {}

  static Stream<PageFormat> formats() {
    return Stream.of(
        Floats.F32,
        Floats.F16,
        Floats.BF16,
        Grid.perToken(8, 32).centred(),
        Grid.perToken(4, 32).centred(),
        Grid.perToken(1, 7),
        Grid.perToken(2, 32),
        Grid.perToken(3, 32),
        Grid.perToken(3, 5).clipped(0.8),
        Grid.perToken(4, 128),
        Grid.perToken(5, 16),
        Grid.perToken(7, 3).centred(),
        Grid.perChannel(2, 32),
        Grid.perChannel(3, 16).clipped(0.9),
        new Grid(6, 4, 4, false, 1));
  }

  static float[] gaussian(Random random, int count) {
    float[] x = new float[count];
    for (int i = 0; i < count; i++) {
      x[i] = (float) random.nextGaussian();
    }
    return x;
  }
}
