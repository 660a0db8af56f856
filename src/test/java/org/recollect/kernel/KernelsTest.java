package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.Kernels.Implementation;

class KernelsTest {

  private final Implementation before = Kernels.inUse();

  @AfterEach
  void restore() {
    Kernels.use(before);
  }

  @Test
  void whatIsNamedComputesAndIsDescribed() {
    Kernels.use(Implementation.REFERENCE);
    assertEquals(Implementation.REFERENCE, Kernels.inUse());
    assertInstanceOf(ReferenceDotProducts.class, Kernels.dotProducts());
    assertTrue(Kernels.describe().startsWith("search, rotation: reference"), Kernels.describe());
    Kernels.use(Implementation.SIMD);
    assertInstanceOf(SimdDotProducts.class, Kernels.dotProducts());
    assertTrue(Kernels.describe().contains(Lanes.FLOATS.length() + " float lanes"));
  }
}
