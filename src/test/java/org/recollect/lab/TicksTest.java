package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class TicksTest {

  private static String label(double low, double high, double tick) {
    var symbols = DecimalFormatSymbols.getInstance(Locale.ROOT);
    return new DecimalFormat(new Ticks(low, high).linear(), symbols).format(tick);
  }

  @Test
  void aLinearAxisShowsAsManyDigitsAsTheSpanNeeds() {
    assertEquals("0.9883", label(.12, 2.965 / 3, 2.965 / 3));
    assertEquals("0.3", label(0, .4, .1 + .2));
    assertEquals("0.00125", label(0, .005, .00125));
    assertEquals("1,250", label(0, 5000, 1250));
    assertEquals("1,000,000.5", label(1e6, 1e6 + 1, 1e6 + .5));
  }

  @Test
  void farFromOneItShowsPowersOfTen() {
    assertEquals("1.234E7", label(0, 1.2341e7, 1.2341e7));
    assertEquals("3.333E-7", label(0, 1e-6, 1e-6 / 3));
    // What differs by little needs more of them.
    assertEquals("1.000002E12", label(1e12, 1.00001e12, 1.000002e12));
  }

  @Test
  void oneNumberAloneIsShown() {
    assertEquals("0.9883", label(2.965 / 3, 2.965 / 3, 2.965 / 3));
    assertEquals("0", label(0, 0, 0));
    assertEquals("-12,345,678", label(-12345678, -12345678, -12345678));
  }

  @Test
  void everyStepThatXChartChoosesIsShownExactly() {
    for (int place = -7; place <= 7; place++) {
      for (int step : new int[] {1, 2, 5}) {
        double width = step * Math.pow(10, place);
        for (int k = 0; k <= 20; k++) {
          double tick = k * width;
          double shown = Double.parseDouble(label(0, 20 * width, tick).replace(",", ""));
          assertEquals(tick, shown, 1e-9 * width, "step " + width);
        }
      }
    }
  }

  @Test
  void aLogarithmicAxisShowsPowersOfTenAndWhatIsNeededBetween() {
    assertEquals("0.1", new Ticks(.01, 100).logarithmic().apply(.1));
    assertEquals("", new Ticks(.01, 100).logarithmic().apply(.2));
    assertEquals("20", new Ticks(1, 100).logarithmic().apply(20.0));
    assertTrue(new Ticks(1, 100).logarithmic().apply(30.0).isEmpty());
  }
}
