package org.recollect.bench;

import java.util.List;
import java.util.function.Supplier;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.lab.Agreement;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Pace;
import org.recollect.tensor.RandomStream;

/// The Walsh-Hadamard transform by the Vector API and in scalar code, width by width.
final class HadamardBench implements Benchmark {

  private static final Goal GOAL = new Goal("FWHT of 128 channels vs scalar", 15, 25);
  private static final long SEED = 7;

  /// They stay in the first-level cache, as a token's keys do that were just computed.
  private static final int NUMBERS = 1 << 12;

  /// Of a round, so that it can be timed.
  private static final int PASSES = 64;

  private static final List<Integer> WIDTHS = List.of(64, 128, 256, 512, 1024);

  @Override
  public String name() {
    return "hadamard";
  }

  @Override
  public void run(Pace pace, Report report) {
    for (int width : WIDTHS) {
      var standings = contest(width).run(pace);
      report.add(name(), standings);
      if (width == 128) {
        report.reach(GOAL, standings.speedup("simd", "reference"));
      }
    }
  }

  private static Contest contest(int width) {
    Supplier<float[]> numbers = () -> RandomStream.of(SEED, "hadamard").gaussians(NUMBERS);
    Agreement.require(
        "The simd transform of %d channels".formatted(width),
        transformed(Implementation.REFERENCE, numbers.get(), width),
        transformed(Implementation.SIMD, numbers.get(), width),
        1e-6);
    return new Contest(
        "width " + width,
        "vector",
        Clock.PROCESSOR,
        List.of(
            contender(Implementation.REFERENCE, numbers.get(), width),
            contender(Implementation.SIMD, numbers.get(), width)));
  }

  /// The transform keeps lengths, so that its results are its next input.
  private static Contender contender(Implementation implementation, float[] numbers, int width) {
    return Contender.of(
        implementation.toString(),
        (double) PASSES * NUMBERS / width,
        () -> {
          for (int pass = 0; pass < PASSES; pass++) {
            transformed(implementation, numbers, width);
          }
        });
  }

  private static float[] transformed(Implementation implementation, float[] numbers, int width) {
    var encoding = Kernels.encoding(implementation);
    for (int at = 0; at < numbers.length; at += width) {
      encoding.rotate(numbers, at, width);
    }
    return numbers;
  }
}
