package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.BitStream;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.TokenCode;

/// A GPU runs no Java: it says so, and what to do.
class CodedPagesTest {

  record Nothing(int channels) implements TokenCode {
    @Override
    public int bits() {
      return 8;
    }

    @Override
    public void encode(float[] vector, BitStream to) {}

    @Override
    public void decode(BitStream from, float[] vector) {}
  }

  @Test
  void areRefusedWithTheRemedy() {
    try (Arena arena = Arena.ofConfined()) {
      var page = Page.keys(arena, new Coded(new Nothing(16)), 1, 16, 64);
      var refusal =
          assertThrows(
              IllegalArgumentException.class, () -> Layouts.write(new Struct(arena), page, null));
      assertTrue(refusal.getMessage().contains("Kernels.use(SIMD)"), refusal.getMessage());
    }
  }
}
