package org.recollect.lab;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.Heads;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.KeyForm;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.kernel.KeyValuePage;
import org.recollect.kernel.Page;
import org.recollect.tensor.RandomStream;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// How far each implementation of decode attention is from the reference over the same codes: speed
/// counts only with equal results.
///
/// @param steps random steps of each format
/// @param rows one for each format and implementation
public record Agreement(int steps, List<Row> rows) {

  /// The largest differences in all steps, as a share of the largest number expected in a step.
  ///
  /// @param output of the weighted sums of values
  /// @param weights of the attention that each token received
  public record Row(
      KeyValueFormat format, Implementation implementation, double output, double weights) {}

  /// Compares every other implementation that runs here with the reference: one to three heads of
  /// 128 channels or, in every other step, of 16 to 256; up to six queries each, over up to four
  /// pages.
  ///
  /// @param steps random steps of each format, at least 1
  /// @throws IllegalArgumentException if there is no step
  public static Agreement check(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "An agreement is found over at least one step, not " + steps + ".");
    }
    var others =
        Kernels.available().stream().filter(each -> each != Implementation.REFERENCE).toList();
    var rows = new ArrayList<Row>();
    for (var format : KeyValueFormat.ALL) {
      for (var other : others) {
        rows.add(compare(format, other, steps));
      }
    }
    return new Agreement(steps, List.copyOf(rows));
  }

  /// The largest difference, as a share of the largest number expected.
  ///
  /// @param computed as many numbers as `expected`; not a number is infinitely far from it
  public static double difference(float[] expected, float[] computed) {
    double largest = 0;
    double difference = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      double apart = Math.abs(expected[i] - computed[i]);
      difference = apart >= 0 ? Math.max(difference, apart) : Double.POSITIVE_INFINITY;
    }
    return difference == 0 ? 0 : difference / largest;
  }

  /// Compares what a contender computes with what it has to.
  ///
  /// @param tolerance the largest [#difference]
  /// @throws IllegalStateException if they differ by more
  public static void require(
      String contender, float[] expected, float[] computed, double tolerance) {
    if (expected.length != computed.length) {
      throw new IllegalStateException(
          "%s computes %d numbers where %d are expected: the comparison would be of different things."
              .formatted(contender, computed.length, expected.length));
    }
    double difference = difference(expected, computed);
    if (difference > tolerance) {
      throw new IllegalStateException(
          "%s is off by %.2g of the largest number where %.2g is allowed: its times would say nothing, mend it first."
              .formatted(contender, difference, tolerance));
    }
  }

  /// A line for each format: the differences of each implementation, and the one allowed.
  public Table table() {
    var formats = rows.stream().map(Row::format).distinct().toList();
    var columns = new ArrayList<Column<?>>();
    columns.add(StringColumn.create("codec", formats.stream().map(KeyValueFormat::name)));
    for (var implementation : rows.stream().map(Row::implementation).distinct().toList()) {
      var own = rows.stream().filter(row -> row.implementation == implementation).toList();
      columns.add(column(implementation + " output ↓", own.stream().map(Row::output).toList()));
      columns.add(column(implementation + " weights ↓", own.stream().map(Row::weights).toList()));
    }
    columns.add(column("allowed", formats.stream().map(KeyValueFormat::tolerance).toList()));
    return Table.create(toString(), columns);
  }

  @Override
  public String toString() {
    return "Largest difference from the reference over %d random steps, as a share of the largest number"
        .formatted(steps);
  }

  private static Column<?> column(String title, List<Double> differences) {
    return StringColumn.create(title, differences.stream().map("%.1e"::formatted));
  }

  private static Row compare(KeyValueFormat format, Implementation implementation, int steps) {
    var reference = Kernels.decodeAttention(Implementation.REFERENCE);
    var attention = Kernels.decodeAttention(implementation);
    double output = 0;
    double weights = 0;
    for (int seed = 0; seed < steps; seed++) {
      try (var arena = Arena.ofShared()) {
        var step = step(arena, format, RandomStream.of(seed, "agreement"));
        var expected = reference.attend(step);
        var computed = attention.attend(step);
        output = Math.max(output, difference(expected.output(), computed.output()));
        weights = Math.max(weights, difference(expected.columnSums(), computed.columnSums()));
      }
    }
    return new Row(format, implementation, output, weights);
  }

  private static DecodeStep step(Arena arena, KeyValueFormat format, RandomStream random) {
    int channels = random.nextBoolean() ? Decoding.HEAD_DIM : 16 * (1 + random.nextInt(16));
    var heads = new Heads(1 + random.nextInt(3), 1 + random.nextInt(6), channels);
    var pages = new ArrayList<KeyValuePage>();
    int numbers = Page.TOKENS * heads.channels();
    for (int more = random.nextInt(4); more >= 0; more--) {
      var keys = Page.keys(arena, format.keys(), heads.kvHeads(), heads.channels(), Page.TOKENS);
      var values =
          Page.values(arena, format.values(), heads.kvHeads(), heads.channels(), Page.TOKENS);
      keys.write(0, random.gaussians(numbers), 0, Page.TOKENS);
      values.write(0, random.gaussians(numbers), 0, Page.TOKENS);
      int tokens = more > 0 ? Page.TOKENS : 1 + random.nextInt(Page.TOKENS);
      pages.add(new KeyValuePage(keys, values, tokens, null));
    }
    float[] queries = random.gaussians(heads.queryHeads() * heads.headDim());
    for (int i = 0; i < queries.length; i++) {
      queries[i] /= (float) Math.sqrt(heads.headDim());
    }
    return new DecodeStep(pages, heads, new KeyForm.Turned(), queries, true);
  }
}
