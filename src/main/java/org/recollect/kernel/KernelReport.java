package org.recollect.kernel;

import java.util.List;
import java.util.stream.Collectors;
import org.recollect.kernel.Kernels.Implementation;

/// What computes here, and why; see [Kernels#describe].
///
/// @param why this implementation was chosen
/// @param rows one for each hot operation
public record KernelReport(String why, List<Row> rows) {

  /// Who computes one operation.
  ///
  /// @param operation as the field calls it, such as `decode attention`
  /// @param detail what it computes with: lanes, threads, device, driver
  public record Row(String operation, Implementation implementation, String detail) {

    @Override
    public String toString() {
      return "%s: %s, %s".formatted(operation, implementation, detail);
    }
  }

  public KernelReport {
    rows = List.copyOf(rows);
  }

  /// Why, then a line for each operation.
  @Override
  public String toString() {
    return rows.stream().map(Row::toString).collect(Collectors.joining("\n", why + "\n", ""));
  }
}
