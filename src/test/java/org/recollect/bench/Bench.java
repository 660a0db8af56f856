package org.recollect.bench;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.stream.Collectors;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.lab.Pace;
import org.recollect.notebook.Machine;

/// The command behind `environment/bench`: measures the kernels beside their peers.
public final class Bench {

  private static final String QUICK = "--quick";

  private Bench() {}

  /// @param arguments the folder for results, then names of benchmarks or none for all, and
  ///   `--quick` among them
  public static void main(String[] arguments) {
    try {
      run(List.of(arguments));
    } catch (IllegalArgumentException | IllegalStateException problem) {
      System.err.println(problem.getMessage());
      System.exit(1);
    }
  }

  private static void run(List<String> arguments) {
    var folder = Path.of(arguments.getFirst());
    boolean quick = arguments.contains(QUICK);
    var names = arguments.stream().skip(1).filter(name -> !name.equals(QUICK)).toList();
    var chosen = chosen(benchmarks(quick), names);
    System.out.printf("%s%n%s%n%s%n%n", LocalDate.now(), Machine.current(), Kernels.describe());
    var report = new Report(folder, System.out);
    for (var benchmark : chosen) {
      System.err.println("Measuring " + benchmark.name() + ".");
      benchmark.run(quick ? Pace.QUICK : Pace.THOROUGH, report);
    }
    System.out.println(report.goals());
    System.out.println("Tables and plots: " + folder);
  }

  private static List<Benchmark> benchmarks(boolean quick) {
    return List.of(
        quick ? AttentionBench.quick() : AttentionBench.thorough(),
        new HadamardBench(),
        new EncodeBench(quick ? AttentionGoals.FORMATS : KeyValueFormat.ALL),
        new SearchBench(quick ? 50_000 : 250_000),
        new ProductBench());
  }

  /// Those of these names, or all.
  static List<Benchmark> chosen(List<Benchmark> benchmarks, List<String> names) {
    var known = benchmarks.stream().map(Benchmark::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        throw new IllegalArgumentException(
            "There is no benchmark '%s': choose among %s."
                .formatted(name, known.stream().collect(Collectors.joining(", "))));
      }
    }
    return benchmarks.stream()
        .filter(benchmark -> names.isEmpty() || names.contains(benchmark.name()))
        .toList();
  }
}
