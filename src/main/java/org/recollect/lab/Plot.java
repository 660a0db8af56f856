package org.recollect.lab;

import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.HeatMapChart;
import org.knowm.xchart.XYChart;

/// A plot in the making; each step returns a new one, and the last says which chart to draw.
///
/// ```java
/// results.plot().x(BYTES_PER_TOKEN).y(PERPLEXITY).byArm();     // a line for each series
/// results.plot().x(BYTES_PER_TOKEN).y(PERPLEXITY).pareto();    // every point, and the front
/// results.plot().x("length").y("depth").only("snapkv").heat(RECALL);
/// results.plot().y(RECALL).bars();
/// ```
///
/// Charts are 700 by 450 pixels. Every last step throws an [IllegalStateException] when an axis is
/// not named or Java has no font to draw with, and an [IllegalArgumentException] when a value has
/// no place on a logarithmic axis.
public final class Plot {
  private final Results results;
  private final Axis x;
  private final Axis y;
  private final boolean logX;
  private final boolean logY;

  private Plot(Results results, Axis x, Axis y, boolean logX, boolean logY) {
    this.results = results;
    this.x = x;
    this.y = y;
    this.logX = logX;
    this.logY = logY;
  }

  static Plot of(Results results) {
    return new Plot(results, null, null, false, false);
  }

  public Plot x(Measure measure) {
    return new Plot(results, measured(measure), y, logX, logY);
  }

  /// @throws IllegalArgumentException when this setting was not swept
  public Plot x(String setting) {
    return new Plot(results, swept(setting), y, logX, logY);
  }

  public Plot y(Measure measure) {
    return new Plot(results, x, measured(measure), logX, logY);
  }

  /// For a heat map.
  ///
  /// @throws IllegalArgumentException when this setting was not swept
  public Plot y(String setting) {
    return new Plot(results, x, swept(setting), logX, logY);
  }

  public Plot logX() {
    return new Plot(results, x, y, true, logY);
  }

  public Plot logY() {
    return new Plot(results, x, y, logX, true);
  }

  /// The same plot of [Results#where] alone.
  public Plot where(String setting, Object value) {
    return new Plot(results.where(setting, value), x, y, logX, logY);
  }

  /// The same plot of [Results#only] alone.
  public Plot only(String... arms) {
    return new Plot(results.only(arms), x, y, logX, logY);
  }

  /// The same plot of [Results#without] alone.
  public Plot without(String... arms) {
    return new Plot(results.without(arms), x, y, logX, logY);
  }

  /// A line for each arm, with the band of the 95 % interval; where there are too few items and
  /// seeds for one, from the lowest to the highest seed. On the x-axis a number.
  ///
  /// Over a setting each combination of the others has a line of its own. Over a measure a line
  /// joins the arms of a [series][Arm#series], at each combination of settings; a series of one arm
  /// is joined over all of them.
  public XYChart byArm() {
    return new LinePlot(results, named(x, "x"), yMeasure(), logX, logY).chart();
  }

  /// A point for each arm and setting, coloured by series, and the front of those that no other
  /// beats in both measures.
  public XYChart pareto() {
    if (!(named(x, "x") instanceof Axis.Measured across)) {
      throw new IllegalStateException("A Pareto plot needs a measure on x: use x(MEASURE).");
    }
    return new ParetoPlot(results, across.measure(), yMeasure(), logX, logY).chart();
  }

  /// A bar for each arm, grouped by the setting on x where one is named; the whiskers are the
  /// standard deviation over seeds.
  public CategoryChart bars() {
    if (x instanceof Axis.Measured measured) {
      throw new IllegalStateException(
          "Bars stand over arms or a setting, not over '%s': use y(%s).bars()."
              .formatted(measured.measure(), measured.measure()));
    }
    return new BarPlot(results, (Axis.Swept) x, yMeasure()).chart();
  }

  /// A measure of one arm over two settings, averaged over all others.
  ///
  /// @throws IllegalStateException when there are several arms: choose with [#only]
  public HeatMapChart heat(Measure measure) {
    results.requireMeasured(measure);
    if (!(named(x, "x") instanceof Axis.Swept across)
        || !(named(y, "y") instanceof Axis.Swept up)) {
      throw new IllegalStateException(
          "A heat map lies over two settings: use x(\"...\").y(\"...\").heat(...).");
    }
    if (results.arms().size() > 1) {
      throw new IllegalStateException(
          "A heat map shows one arm: choose with only(\"...\") among %s."
              .formatted(results.arms()));
    }
    return new HeatPlot(results, across, up, measure).chart();
  }

  private Axis measured(Measure measure) {
    results.requireMeasured(measure);
    return new Axis.Measured(measure);
  }

  private Axis swept(String setting) {
    results.requireSwept(setting);
    return new Axis.Swept(setting);
  }

  private Measure yMeasure() {
    if (named(y, "y") instanceof Axis.Measured up) {
      return up.measure();
    }
    throw new IllegalStateException("This chart needs a measure on y: use y(MEASURE).");
  }

  private static Axis named(Axis axis, String name) {
    if (axis == null) {
      throw new IllegalStateException(
          "The plot does not say what is on %s: add .%s(...).".formatted(name, name));
    }
    return axis;
  }
}
