package org.recollect.train;

import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// How much of this machine's own matrix-product speed a training step reaches, and what is left of
/// it when a foreign process keeps one core busy.
///
/// The arithmetic of a step of `n` tokens in sequences of `T` is counted as
///
/// `6 P n + 6 layers heads headDim T n`
///
/// floating-point operations: two for each of the `P` weights and token forward and four backward
/// (the embedding, tied, counts once, as the head), and for attention's two products, causal, half
/// of `2 * 2 T headDim` for each head and token forward and twice that backward. Nothing is counted
/// for norms, activations, the softmaxes and AdamW; their time counts. Muon's own matrix products
/// are left out of the first percentage and counted in the second. The peak is the product of two
/// 2048 x 2048 matrices by the same library in the same [Precision], measured between the steps.
/// All figures are medians with the quartiles behind them.
public final class TrainingEfficiency {

  private static final ModelConfig MINI = ShippedSubjects.shape("miniJava");
  private static final int ROWS = 16;
  private static final int LENGTH = 256;
  private static final int SIZE = 2048;
  private static final int ROUNDS = 9;

  /// Operations of Muon's products in one step.
  private static final double OF_MUON =
      MINI.shapes().entrySet().stream()
          .filter(entry -> entry.getKey().endsWith("_proj.weight"))
          .mapToDouble(entry -> Muon.operations(entry.getValue()))
          .sum();

  private TrainingEfficiency() {}

  /// @param arguments none, or `--busy` to be the foreign process
  static void main(String... arguments) throws IOException {
    if (arguments.length > 0 && arguments[0].equals("--busy")) {
      spin();
    }
    System.out.println(Torch.describe());
    for (var precision : Precision.values()) {
      report("AdamW", new AdamW(), 0, precision);
      report(
          "Muon",
          Optimizer.split(new Muon(0.95, 0, precision), new AdamW(), 1),
          OF_MUON,
          precision);
    }
  }

  private static void report(
      String name, Optimizer optimizer, double operations, Precision precision) throws IOException {
    var quiet = measure(optimizer, precision);
    System.out.println(name + ", " + precision);
    System.out.println("  quiet: " + quiet.describe(operations));
    var other = startBusy();
    try {
      var busy = measure(optimizer, precision);
      System.out.println("  beside a busy process: " + busy.describe(operations));
      System.out.printf(
          "  which is %.0f %% of the quiet speed%n", 100 * quiet.step.median / busy.step.median);
    } finally {
      other.destroyForcibly();
    }
  }

  /// A median and the quartiles.
  private record Spread(double low, double median, double high) {

    static Spread of(List<Double> values) {
      double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      int last = sorted.length - 1;
      return new Spread(sorted[last / 4], sorted[last / 2], sorted[last - last / 4]);
    }

    @Override
    public String toString() {
      return "%.3f (%.3f to %.3f)".formatted(median, low, high);
    }
  }

  /// @param step seconds a training step takes
  /// @param product seconds the product of two matrices takes
  private record Timing(Spread step, Spread product) {

    /// @param ofOptimizer operations of the optimiser's matrix products
    String describe(double ofOptimizer) {
      double peak = 2.0 * SIZE * SIZE * SIZE / product.median / 1e9;
      double reached = operations() / step.median / 1e9;
      double withOptimizer = (operations() + ofOptimizer) / step.median / 1e9;
      return "%s s a step, %.0f tokens/s; %.0f GFLOP/s of the %.0f (%s s) of a matrix product are %.1f %%, with the optimiser's products %.1f %%"
          .formatted(
              step,
              ROWS * LENGTH / step.median,
              reached,
              peak,
              product,
              100 * reached / peak,
              100 * withOptimizer / peak);
    }
  }

  static double operations() {
    double tokens = (double) ROWS * LENGTH;
    double attention = 6.0 * MINI.layers() * MINI.heads() * MINI.headDim() * LENGTH * tokens;
    return 6.0 * MINI.parameters() * tokens + attention;
  }

  private static Timing measure(Optimizer optimizer, Precision precision) {
    var schedule = new Schedule.Constant(1e-4);
    var steps = new ArrayList<Double>();
    var products = new ArrayList<Double>();
    try (var model = Models.random(MINI, 1);
        var trainer = new Trainer(model.weights(), optimizer, schedule, 1);
        var manager = Torch.manager()) {
      var square = RandomStream.of(1, "square").gaussian(manager, new Shape(SIZE, SIZE), 1);
      var batch = noise();
      for (int round = -3; round < ROUNDS; round++) {
        double step = seconds(() -> trainer.step(() -> NextToken.loss(model.in(precision), batch)));
        double product = seconds(() -> Ops.matmul(square, square, precision));
        if (round >= 0) {
          steps.add(step);
          products.add(product);
        }
      }
    }
    return new Timing(Spread.of(steps), Spread.of(products));
  }

  private static double seconds(Runnable work) {
    try (var _ = Torch.newScope()) {
      long start = System.nanoTime();
      work.run();
      return (System.nanoTime() - start) * 1e-9;
    }
  }

  private static Batch noise() {
    var random = RandomStream.of(1, "tokens");
    var source =
        new SequenceSource() {
          @Override
          public String name() {
            return "noise";
          }

          @Override
          public Sequence next(int length, RandomStream stream) {
            return Sequence.even(stream.ints(length + 1, 0, MINI.vocabSize()).toArray());
          }
        };
    return Mixture.of(source).next(ROWS, LENGTH, random);
  }

  private static Process startBusy() throws IOException {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return new ProcessBuilder(
            java,
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            TrainingEfficiency.class.getName(),
            "--busy")
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /// Keeps one core busy until the process is ended, or its parent has ended.
  private static void spin() {
    var parent = ProcessHandle.current().parent().orElseThrow();
    while (parent.isAlive()) {
      for (int i = 0; i < 100_000_000; i++) {
        Thread.onSpinWait();
      }
    }
    System.exit(0);
  }
}
