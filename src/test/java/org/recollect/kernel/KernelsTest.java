package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.cuda.Cuda;

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
    assertInstanceOf(ReferenceAttention.class, Kernels.decodeAttention());
    assertTrue(Kernels.describe().contains("reference"), Kernels.describe());
    Kernels.use(Implementation.SIMD);
    assertInstanceOf(SimdDotProducts.class, Kernels.dotProducts());
    assertInstanceOf(SimdAttention.class, Kernels.decodeAttention());
    assertTrue(Kernels.describe().contains(Lanes.FLOATS.length() + " float lanes"));
  }

  @Test
  void aMissingGpuIsOneSentenceAndNothingChanges() {
    Assumptions.assumeTrue(Cuda.find().isEmpty(), "Not tested where there is a GPU.");
    Kernels.use(Implementation.SIMD);
    var refusal = assertThrows(IllegalStateException.class, () -> Kernels.use(Implementation.CUDA));
    assertEquals(Cuda.describeHere(), refusal.getMessage());
    assertEquals(Implementation.SIMD, Kernels.inUse());
  }

  @Test
  void theEnvironmentNamesAnImplementation() {
    assertEquals(Implementation.REFERENCE, Kernels.chosen(" Reference "));
    assertEquals(Implementation.SIMD, Kernels.chosen(null));
    var refusal = assertThrows(IllegalArgumentException.class, () -> Kernels.chosen("sse"));
    assertTrue(refusal.getMessage().contains("reference, simd, cuda"), refusal.getMessage());
  }
}
