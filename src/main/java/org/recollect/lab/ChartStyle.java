package org.recollect.lab;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.GraphicsEnvironment;
import java.awt.font.FontRenderContext;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.style.AxesChartStyler;
import org.knowm.xchart.style.Styler.LegendLayout;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.Marker;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// How every chart looks: a named font, so that it looks the same everywhere, and the palette of
/// Okabe and Ito (2008), which colour-blind readers can tell apart; lines and markers differ as
/// well.
public final class ChartStyle {
  /// Of an ordinary chart, in pixels.
  public static final int WIDTH = 700;

  /// Of an ordinary chart, in pixels.
  public static final int HEIGHT = 450;

  static final String FONT = "DejaVu Sans";

  private static final int LARGEST_TITLE = 13;
  private static final int SMALLEST_TITLE = 9;
  private static final int MARGIN = 10;

  /// On a longer line markers only hide it, and swell the file.
  private static final int MOST_MARKERS = 24;

  private static final Color[] COLOURS = {
    new Color(0x0072B2), new Color(0xD55E00), new Color(0x009E73), new Color(0xE69F00),
    new Color(0xCC79A7), new Color(0x56B4E9), new Color(0x000000), new Color(0x8A8200)
  };
  private static final Marker[] MARKERS = {
    SeriesMarkers.CIRCLE,
    SeriesMarkers.SQUARE,
    SeriesMarkers.TRIANGLE_UP,
    SeriesMarkers.DIAMOND,
    SeriesMarkers.TRIANGLE_DOWN,
    SeriesMarkers.CROSS,
    SeriesMarkers.PLUS
  };
  private static final float[][] DASHES = {{1, 0}, {6, 4}, {2, 3}};
  private static final Color GRID = new Color(0xDDDDDD);
  static final Color NEUTRAL = new Color(0x777777);
  static final Color INVISIBLE = new Color(0, 0, 0, 0);

  /// Light to medium blue: black figures stay readable on all of it.
  static final Color[] HEAT = {
    new Color(0xF7FBFF),
    new Color(0xDEEBF7),
    new Color(0xC6DBEF),
    new Color(0x9ECAE1),
    new Color(0x6BAED6)
  };

  private ChartStyle() {}

  static Color colour(int series) {
    return COLOURS[series % COLOURS.length];
  }

  static Color faint(int series) {
    Color colour = colour(series);
    return new Color(colour.getRed(), colour.getGreen(), colour.getBlue(), 45);
  }

  static Marker marker(int series) {
    return MARKERS[series % MARKERS.length];
  }

  /// As the line of that number, with markers unless it is long.
  static void apply(XYSeries series, int number) {
    series.setLineColor(colour(number));
    series.setLineStyle(line(number));
    series.setMarkerColor(colour(number));
    boolean marked = series.getXData().length <= MOST_MARKERS;
    series.setMarker(marked ? marker(number) : SeriesMarkers.NONE);
  }

  /// The numbers along a long line, the last of them moved by a hundredth of its distance from the
  /// one before, which nobody sees: where numbers are equally spaced XChart labels these, and the
  /// labels of many run into each other.
  static double[] unevenly(double[] xs) {
    double[] moved = xs.clone();
    int last = xs.length - 1;
    if (xs.length > MOST_MARKERS) {
      moved[last] += (xs[last] - xs[last - 1]) / 100;
    }
    return moved;
  }

  /// Scales the axes of a chart that has all its series.
  ///
  /// @throws IllegalArgumentException when a number has no place on a logarithmic axis
  static void scale(XYChart chart, boolean logX, boolean logY) {
    chart.getStyler().setXAxisLogarithmic(logX).setYAxisLogarithmic(logY);
    for (XYSeries series : chart.getSeriesCollection()) {
      double[] whiskers = series.getExtraValues();
      for (int i = 0; i < series.getXData().length; i++) {
        double low = series.getYData()[i] - (whiskers == null ? 0 : whiskers[i]);
        requirePositive(logX, series.getXData()[i], series.getName(), "X");
        requirePositive(logY, low, series.getName(), "Y");
      }
    }
    var alongX = Ticks.of(chart, XYSeries::getXMin, XYSeries::getXMax);
    var alongY = Ticks.of(chart, XYSeries::getYMin, XYSeries::getYMax);
    if (logX) {
      chart.getStyler().setXAxisLogarithmicDecadeOnly(false);
      chart.setCustomXAxisTickLabelsFormatter(alongX.logarithmic());
    } else {
      chart.getStyler().setXAxisDecimalPattern(alongX.linear());
    }
    if (logY) {
      chart.getStyler().setYAxisLogarithmicDecadeOnly(false);
      chart.setCustomYAxisTickLabelsFormatter(alongY.logarithmic());
    } else {
      chart.getStyler().setYAxisDecimalPattern(alongY.linear());
    }
  }

  private static void requirePositive(boolean log, double value, String name, String axis) {
    if (log && !(value > 0)) {
      throw new IllegalArgumentException(
          "'%s' reaches %s, but a logarithmic axis begins above zero: leave it out, or drop log%s()."
              .formatted(name, Settings.show(value), axis));
    }
  }

  /// Solid for the first round of colours, dashed for the next.
  static BasicStroke line(int series) {
    float[] dash = DASHES[series / COLOURS.length % DASHES.length];
    return new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 1, dash, 0);
  }

  /// Whether one line below the plot holds a legend.
  private static boolean fitsBelow(List<String> legend) {
    return legend.stream().mapToInt(name -> 50 + 8 * name.length()).sum() < WIDTH - 50;
  }

  /// How wide a chart is, so that a legend beside the plot leaves room for it.
  static int width(List<String> legend) {
    return fitsBelow(legend) ? WIDTH : WIDTH + 150;
  }

  /// How high a chart is, so that a legend beside the plot can be read to its end.
  static int height(List<String> legend) {
    return fitsBelow(legend) ? HEIGHT : Math.max(HEIGHT, 60 + 22 * legend.size());
  }

  /// Fonts, colours and legend of a chart, and a title that fits on it.
  ///
  /// @param legend the names to explain; the legend lies below the plot if a line holds them, else
  ///   beside it
  public static void apply(Chart<? extends AxesChartStyler, ?> chart, List<String> legend) {
    var styler = chart.getStyler();
    styler.setBaseFont(font(Font.PLAIN, 12));
    fitTitle(chart);
    styler.setAxisTitleFont(font(Font.PLAIN, 13));
    styler.setAxisTickLabelsFont(font(Font.PLAIN, 12));
    styler.setLegendFont(font(Font.PLAIN, 12));
    styler.setChartBackgroundColor(Color.WHITE);
    styler.setPlotBackgroundColor(Color.WHITE);
    styler.setPlotBorderVisible(false);
    styler.setPlotGridLinesColor(GRID);
    styler.setChartTitleBoxVisible(false);
    styler.setLegendBorderColor(Color.WHITE);
    boolean below = fitsBelow(legend);
    styler.setLegendPosition(below ? LegendPosition.OutsideS : LegendPosition.OutsideE);
    styler.setLegendLayout(below ? LegendLayout.Horizontal : LegendLayout.Vertical);
    styler.setLegendVisible(!legend.isEmpty());
    styler.setLocale(Locale.ROOT);
    styler.setSeriesColors(COLOURS);
    styler.setMarkerSize(8);
    styler.setErrorBarsColorSeriesColor(true);
  }

  /// A title stands on one line: in smaller letters where it is long, and cut where even those are
  /// too large.
  private static void fitTitle(Chart<?, ?> chart) {
    int size = LARGEST_TITLE;
    while (size > SMALLEST_TITLE && !fits(chart.getTitle(), size)) {
      size--;
    }
    chart.getStyler().setChartTitleFont(font(Font.BOLD, size));
    if (!fits(chart.getTitle(), size)) {
      String cut = chart.getTitle();
      while (!fits(cut + " …", size)) {
        cut = cut.substring(0, cut.length() - 1);
      }
      chart.setTitle(cut.strip() + " …");
    }
  }

  /// Whether a title is no wider than an ordinary chart: a legend beside the plot is no room for
  /// it.
  private static boolean fits(String title, int size) {
    var text = new FontRenderContext(null, true, true);
    return font(Font.BOLD, size).getStringBounds(title, text).getWidth() < WIDTH - 2 * MARGIN;
  }

  static Font font(int style, int size) {
    return new Font(FONT, style, size);
  }

  /// Checks before a chart is drawn that this can succeed.
  ///
  /// @throws IllegalStateException when Java cannot draw text in the font
  public static void requireFont() {
    requireFont(
        () -> GraphicsEnvironment.getLocalGraphicsEnvironment().getAvailableFontFamilyNames());
  }

  /// Without libfontconfig the JDK fails with errors of several kinds, none of which names it.
  static void requireFont(Supplier<String[]> families) {
    boolean found;
    Throwable cause = null;
    try {
      found = Arrays.asList(families.get()).contains(FONT);
    } catch (RuntimeException | LinkageError | InternalError e) {
      found = false;
      cause = e;
    }
    if (!found) {
      throw new IllegalStateException(
          "Charts are drawn in "
              + FONT
              + ", which this machine does not offer: install the Debian packages"
              + " fonts-dejavu-core and libfontconfig1.",
          cause);
    }
  }
}
