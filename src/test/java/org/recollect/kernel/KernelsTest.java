package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.KernelReport.Row;
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
    assertDescribed(Implementation.REFERENCE, "scalar Java");
    Kernels.use(Implementation.SIMD);
    assertInstanceOf(SimdDotProducts.class, Kernels.dotProducts());
    assertInstanceOf(SimdAttention.class, Kernels.decodeAttention());
    assertDescribed(Implementation.SIMD, Lanes.FLOATS.length() + " float lanes");
  }

  @Test
  void aReportSaysWhyAndThenALineForEachOperation() {
    var row = new Row("search", Implementation.SIMD, "16 lanes");
    var report = new KernelReport("simd, as Kernels.use says", List.of(row));
    assertEquals("simd, as Kernels.use says\nsearch: simd, 16 lanes", report.toString());
  }

  private static void assertDescribed(Implementation implementation, String detail) {
    var report = Kernels.describe();
    assertTrue(report.why().startsWith(implementation + ", "), report.why());
    assertTrue(report.rows().stream().map(Row::operation).toList().contains("decode attention"));
    assertEquals(Cuda.describeHere(), report.rows().getLast().detail());
    for (var row : report.rows().subList(0, report.rows().size() - 1)) {
      assertEquals(implementation, row.implementation(), row.operation());
      assertTrue(row.detail().contains(detail), row.toString());
    }
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
  void whatIsAvailableCanBeUsed() {
    assertTrue(
        Kernels.available().containsAll(List.of(Implementation.REFERENCE, Implementation.SIMD)));
    for (var each : Kernels.available()) {
      Kernels.use(each);
      assertEquals(each, Kernels.inUse());
    }
    assertEquals(Cuda.find().isPresent(), Kernels.available().contains(Implementation.CUDA));
  }

  @Test
  void theEnvironmentNamesAnImplementation() {
    assertEquals(Implementation.REFERENCE, Kernels.chosen(" Reference "));
    assertEquals(Implementation.SIMD, Kernels.chosen(null));
    var refusal = assertThrows(IllegalArgumentException.class, () -> Kernels.chosen("sse"));
    assertTrue(refusal.getMessage().contains("reference, simd, cuda"), refusal.getMessage());
  }
}
