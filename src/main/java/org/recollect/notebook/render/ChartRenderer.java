package org.recollect.notebook.render;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.internal.chartpart.Chart;
import org.knowm.xchart.internal.series.Series;

/// An XChart chart: sharp where vectors are shown, as pixels where they are not, in words in a log.
final class ChartRenderer {
  private ChartRenderer() {}

  /// @throws IllegalStateException where this machine has no fonts to draw with
  static MimeBundle render(Chart<?, ?> chart) {
    try {
      var svg = new ByteArrayOutputStream();
      VectorGraphicsEncoder.saveVectorGraphic(chart, svg, VectorGraphicsFormat.SVG);
      byte[] png = BitmapEncoder.getBitmapBytes(chart, BitmapFormat.PNG);
      return MimeBundle.text(describe(chart))
          .svg(embeddable(SmallerSvg.of(svg.toString(StandardCharsets.UTF_8))))
          .png(png);
    } catch (IOException e) {
      throw new UncheckedIOException("The chart could not be encoded.", e);
    } catch (LinkageError | InternalError e) {
      throw new IllegalStateException(
          "This machine has no fonts to draw a chart with: install the packages libfontconfig1 and"
              + " fonts-dejavu-core (Debian names), then restart the kernel.",
          e);
    }
  }

  /// Several charts may stand in one page: identifiers are made unique by their content, and the
  /// picture shrinks with the page and keeps its light ground, rounded, on a dark one.
  private static String embeddable(String svg) {
    String unique = "c" + Integer.toHexString(svg.hashCode()) + "-";
    String root = "<svg style=\"max-width:100%;height:auto;border-radius:8px\" ";
    return svg.substring(svg.indexOf("<svg"))
        .replaceFirst("<svg ", root)
        .replaceAll("\\bid=\"", "id=\"" + unique)
        .replaceAll("url\\(#", "url(#" + unique)
        .replaceAll("href=\"#", "href=\"#" + unique);
  }

  private static String describe(Chart<?, ?> chart) {
    String title = chart.getTitle().isBlank() ? "untitled" : "\"" + chart.getTitle() + "\"";
    String series =
        chart.getSeriesCollection().stream().map(Series::getName).collect(Collectors.joining(", "));
    return "Chart %s, %d x %d: %s".formatted(title, chart.getWidth(), chart.getHeight(), series);
  }
}
