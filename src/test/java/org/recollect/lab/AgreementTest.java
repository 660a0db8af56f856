package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.KeyValueFormat;

class AgreementTest {

  @Test
  void everyImplementationAgreesWithTheReferenceInEveryFormat() {
    var agreement = Agreement.check(60);
    int others = Kernels.available().size() - 1;
    assertEquals(KeyValueFormat.ALL.size() * others, agreement.rows().size());
    for (var row : agreement.rows()) {
      // A tenth of what is allowed over caches of any length.
      double allowed = row.format().tolerance() / 10;
      String what = "seeds 0 to 59, " + row;
      assertTrue(row.output() <= allowed, what);
      assertTrue(row.weights() <= allowed, what);
    }
  }

  @Test
  void tabulatesALineForEachFormatAndTwoColumnsForEachImplementation() {
    var row = new Agreement.Row(KeyValueFormat.INT8, Implementation.SIMD, 1.23e-7, 0);
    var table = new Agreement(3, List.of(row)).table();
    assertEquals(
        List.of("codec", "simd output ↓", "simd weights ↓", "allowed"), table.columnNames());
    assertEquals(1, table.rowCount());
    assertEquals("int8", table.getString(0, 0));
    assertEquals("1.2e-07", table.getString(0, 1));
    assertEquals("0.0e+00", table.getString(0, 2));
    assertEquals("1.0e-04", table.getString(0, 3));
  }

  @Test
  void theDifferenceIsAShareOfTheLargestNumberExpected() {
    float[] expected = {1, -4};
    assertEquals(0.25, Agreement.difference(expected, new float[] {2, -4}));
    assertEquals(0, Agreement.difference(new float[2], new float[2]));
    assertEquals(
        Double.POSITIVE_INFINITY, Agreement.difference(expected, new float[] {Float.NaN, -4}));
    assertEquals(
        Double.POSITIVE_INFINITY, Agreement.difference(new float[] {0}, new float[] {1e-9f}));
  }

  @Test
  void refusesToCheckNothing() {
    var refusal = assertThrows(IllegalArgumentException.class, () -> Agreement.check(0));
    assertTrue(refusal.getMessage().contains("not 0"), refusal.getMessage());
  }
}
