package org.recollect.notebook.render;

import java.util.List;
import org.recollect.kernel.KernelReport;

/// What computes here.
final class KernelRenderer {
  private KernelRenderer() {}

  static MimeBundle render(KernelReport report) {
    var rows =
        report.rows().stream()
            .map(row -> List.of(row.operation(), row.implementation().toString(), row.detail()))
            .toList();
    var headers = List.of("operation", "implementation", "with");
    var left = List.of(false, false, false);
    var grid = new Grid(report.why(), headers, left, rows, List.of(), "");
    return MimeBundle.text(report.toString()).html(grid.html());
  }
}
