package org.recollect.notebook.render;

import ai.djl.ndarray.NDArray;
import java.awt.image.BufferedImage;
import java.util.List;
import org.knowm.xchart.internal.chartpart.Chart;
import org.recollect.data.TaskStream;
import org.recollect.kernel.KernelReport;
import org.recollect.lab.Agreement;
import org.recollect.lab.Ledger;
import org.recollect.lab.Progress;
import org.recollect.lab.Results;
import org.recollect.lab.Roofline;
import org.recollect.lab.Verdict;
import org.recollect.papers.Paper;
import tech.tablesaw.api.Table;

/// What is shown of each kind of value.
public final class Renderers {
  /// Every MIME type that a renderer may give.
  static final String[] TYPES = {
    MimeBundle.TEXT,
    MimeBundle.HTML,
    MimeBundle.MARKDOWN,
    MimeBundle.LATEX,
    MimeBundle.SVG,
    MimeBundle.PNG,
    MimeBundle.VERDICT
  };

  private static final List<Renderer<?>> ALL =
      List.of(
          new Renderer<>(Table.class, TableRenderer::render),
          new Renderer<>(Chart.class, ChartRenderer::render),
          new Renderer<>(NDArray.class, ArrayRenderer::render),
          new Renderer<>(BufferedImage.class, ImageRenderer::render),
          new Renderer<>(Markdown.class, Markdown::render),
          new Renderer<>(Latex.class, Latex::render),
          new Renderer<>(Results.class, results -> TableRenderer.render(results.table())),
          new Renderer<>(Agreement.class, agreement -> TableRenderer.render(agreement.table())),
          new Renderer<>(Roofline.class, roofline -> TableRenderer.render(roofline.table())),
          new Renderer<>(KernelReport.class, KernelRenderer::render),
          new Renderer<>(Verdict.class, VerdictRenderer::render),
          new Renderer<>(Paper.class, PaperRenderer::render),
          new Renderer<>(Ledger.class, LedgerRenderer::render),
          new Renderer<>(TaskStream.class, StreamRenderer::render),
          new Renderer<>(Progress.class, LiveProgress::render),
          new Renderer<>(Record.class, RecordRenderer::render));

  private Renderers() {}

  /// One renderer per kind of value; where several types of a value are listed, its own class
  /// counts before those it extends.
  public static List<Renderer<?>> all() {
    return ALL;
  }

  /// An array of the language, which belongs to no listed type.
  public static MimeBundle javaArray(Object array) {
    return ArrayRenderer.renderJava(array);
  }
}
