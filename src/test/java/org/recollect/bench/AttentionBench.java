package org.recollect.bench;

import ai.djl.ndarray.types.DataType;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.lab.Agreement;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Decoding;
import org.recollect.lab.MemoryStream;
import org.recollect.lab.Pace;
import org.recollect.lab.PagedAttention;
import org.recollect.lab.Standings;

/// Decode attention by codec, four query heads to a key/value head of 128 channels, beside PyTorch,
/// Jlama, scalar Java, the reference, and plain reading of as many bytes. First one key/value head
/// on one thread, then two of them on one thread and on two.
///
/// @param alone measured on one thread
/// @param shared measured on one thread and on two
record AttentionBench(Steps alone, Steps shared) implements Benchmark {

  /// @param codecs to measure
  /// @param sizes tokens of a head
  record Steps(List<KeyValueFormat> codecs, List<Integer> sizes) {}

  static final String TWO_THREADS = ", two threads";
  static final String SCALAR = "scalar Java f32";
  static final String PYTORCH_F32 = "PyTorch f32";
  static final String PYTORCH_F16 = "PyTorch f16";
  static final String JLAMA = "Jlama f32";

  /// What the goals are measured at.
  static final int LONG = 32768;

  /// Short enough for the reference.
  private static final int SHORT = 4096;

  /// How far each may be from exact arithmetic, as a share of the largest number.
  private static final double F32_TOLERANCE = 1e-4;

  private static final double F16_TOLERANCE = 1e-2;

  static AttentionBench quick() {
    return new AttentionBench(
        new Steps(AttentionGoals.FORMATS, List.of(SHORT, LONG)),
        new Steps(List.of(KeyValueFormat.F32, KeyValueFormat.BOOK2), List.of(LONG)));
  }

  static AttentionBench thorough() {
    var sizes = List.of(SHORT, LONG, 131072);
    return new AttentionBench(
        new Steps(KeyValueFormat.ALL, sizes), new Steps(AttentionGoals.FORMATS, sizes));
  }

  @Override
  public String name() {
    return "attention";
  }

  @Override
  public void run(Pace pace, Report report) {
    try (var jlama = new JlamaProcess()) {
      for (int tokens : alone.sizes()) {
        var standings = oneThread(Decoding.of(tokens, 1), jlama, pace);
        report.add(name(), standings);
        if (tokens == LONG) {
          AttentionGoals.oneThread(standings, report);
        }
      }
    }
    for (int tokens : shared.sizes()) {
      var standings = twoThreads(Decoding.of(tokens, 2), pace);
      report.add(name(), standings);
      if (tokens == LONG) {
        AttentionGoals.twoThreads(standings, report);
      }
    }
  }

  private Standings oneThread(Decoding decoding, JlamaProcess jlama, Pace pace) {
    try (var arena = Arena.ofShared();
        var torch32 = new TorchAttention(decoding, DataType.FLOAT32, 1);
        var torch16 = new TorchAttention(decoding, DataType.FLOAT16, 1)) {
      var contenders = new ArrayList<Contender>();
      for (var codec : alone.codecs()) {
        var paged = paged(arena, codec, decoding);
        contenders.add(paged.contender("", Kernels.decodeAttention(Implementation.SIMD, 1)));
        if (codec == KeyValueFormat.F32 && decoding.tokens() == SHORT) {
          contenders.add(
              paged.contender(", reference", Kernels.decodeAttention(Implementation.REFERENCE, 1)));
        }
      }
      var scalar = new ScalarAttention(decoding);
      Agreement.require(SCALAR, decoding.exact(), scalar.output(), F32_TOLERANCE);
      contenders.add(scalar.contender(SCALAR));
      contenders.add(torch(PYTORCH_F32, torch32, F32_TOLERANCE));
      contenders.add(torch(PYTORCH_F16, torch16, F16_TOLERANCE));
      contenders.add(jlama.contender(JLAMA, decoding));
      Agreement.require(JLAMA, decoding.exact(), jlama.output(), F32_TOLERANCE);
      addRoofs(contenders, arena, 1);
      var title = "T = %,d".formatted(decoding.tokens());
      return new Contest(title, "token and head", Clock.PROCESSOR, contenders).run(pace);
    }
  }

  /// By the wall clock, because there are threads that the caller's time leaves out.
  private Standings twoThreads(Decoding decoding, Pace pace) {
    try (var arena = Arena.ofShared();
        var torch32 = new TorchAttention(decoding, DataType.FLOAT32, 2);
        var torch16 = new TorchAttention(decoding, DataType.FLOAT16, 2)) {
      var contenders = new ArrayList<Contender>();
      for (var codec : shared.codecs()) {
        var paged = paged(arena, codec, decoding);
        contenders.add(paged.contender("", Kernels.decodeAttention(Implementation.SIMD, 1)));
        contenders.add(
            paged.contender(TWO_THREADS, Kernels.decodeAttention(Implementation.SIMD, 2)));
      }
      contenders.add(torch(PYTORCH_F32 + TWO_THREADS, torch32, F32_TOLERANCE));
      contenders.add(torch(PYTORCH_F16 + TWO_THREADS, torch16, F16_TOLERANCE));
      addRoofs(contenders, arena, 2);
      var title = "T = %,d, two heads".formatted(decoding.tokens());
      return new Contest(title, "token and head", Clock.WALL, contenders).run(pace);
    }
  }

  /// Checked against the reference over the same pages; numbers that are not coded, against exact
  /// arithmetic as well.
  private static PagedAttention paged(Arena arena, KeyValueFormat codec, Decoding decoding) {
    var paged = PagedAttention.of(arena, codec, decoding);
    float[] output = paged.output(Kernels.decodeAttention(Implementation.SIMD, 2));
    Agreement.require(
        codec.name(),
        paged.output(Kernels.decodeAttention(Implementation.REFERENCE, 1)),
        output,
        codec.tolerance());
    if (codec == KeyValueFormat.F32) {
      Agreement.require(codec.name(), decoding.exact(), output, F32_TOLERANCE);
    }
    return paged;
  }

  private static Contender torch(String name, TorchAttention torch, double tolerance) {
    Agreement.require(name, torch.decoding().exact(), torch.output(), tolerance);
    return torch.contender(name);
  }

  /// A stream for each number of bytes that a contender reads.
  private static void addRoofs(List<Contender> contenders, Arena arena, int threads) {
    double operations = contenders.getFirst().operations();
    contenders.stream()
        .mapToDouble(Contender::bytes)
        .distinct()
        .mapToObj(bytes -> MemoryStream.contender(arena, operations, bytes, threads))
        .toList()
        .forEach(contenders::add);
  }
}
