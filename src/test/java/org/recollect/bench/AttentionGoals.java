package org.recollect.bench;

import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.MemoryStream;
import org.recollect.lab.Standings;

/// What decode attention is to reach beside its peers, at [AttentionBench#LONG].
final class AttentionGoals {

  /// Those that the goals are about.
  static final List<KeyValueFormat> FORMATS =
      List.of(
          KeyValueFormat.F32,
          KeyValueFormat.F16,
          KeyValueFormat.BF16,
          KeyValueFormat.INT8,
          KeyValueFormat.INT4,
          KeyValueFormat.GRID2,
          KeyValueFormat.BOOK2,
          KeyValueFormat.ONE_BIT);

  private static final String F32 = KeyValueFormat.F32.name();

  private AttentionGoals() {}

  /// @param standings on one thread
  static void oneThread(Standings standings, Report report) {
    report.reach(
        new Goal("f32 vs own stream read", 0.8, 0.95),
        standings.speedup(F32, MemoryStream.name(standings.of(F32).contender().bytes())));
    codecs(standings, report);
    peers(standings, report);
  }

  /// @param standings on one thread and on two
  static void twoThreads(Standings standings, Report report) {
    for (var codec : List.of(KeyValueFormat.F32, KeyValueFormat.BOOK2)) {
      String two = codec.name() + AttentionBench.TWO_THREADS;
      report.reach(new Goal(two + " vs one", 1.85, 1.98), standings.speedup(two, codec.name()));
    }
  }

  private static void codecs(Standings standings, Report report) {
    var half = faster(standings, KeyValueFormat.F16, KeyValueFormat.BF16);
    report.reach(new Goal(half.name() + " vs f32", 1.4, 1.7), standings.speedup(half.name(), F32));
    reach("int8 vs f32", 2.5, 3.3, KeyValueFormat.INT8, standings, report);
    reach("int4 vs f32", 2.7, 4.5, KeyValueFormat.INT4, standings, report);
    reach("2-bit book vs f32", 5, 7.5, KeyValueFormat.BOOK2, standings, report);
    reach("2-bit grid vs f32", 5, 7.5, KeyValueFormat.GRID2, standings, report);
    reach(
        "1 bit a dimension for K + 2-bit V vs f32",
        6,
        9,
        KeyValueFormat.ONE_BIT,
        standings,
        report);
  }

  private static void reach(
      String ratio,
      double goal,
      double stretch,
      KeyValueFormat codec,
      Standings standings,
      Report report) {
    report.reach(new Goal(ratio, goal, stretch), standings.speedup(codec.name(), F32));
  }

  /// PyTorch has threads of its own, and is met by the wall clock.
  private static void peers(Standings standings, Report report) {
    String book = KeyValueFormat.BOOK2.name();
    report.reach(
        new Goal("f32 vs scalar Java", 4.5, 5.5), standings.speedup(F32, AttentionBench.SCALAR));
    report.reach(
        new Goal("f32 vs PyTorch f32", 1.15, 1.4),
        standings.speedup(F32, AttentionBench.PYTORCH_F32, Clock.WALL));
    report.reach(
        new Goal("2-bit book vs PyTorch f16", 4.5, 7),
        standings.speedup(book, AttentionBench.PYTORCH_F16, Clock.WALL));
    report.reach(new Goal("f32 vs Jlama f32", 5, 8), standings.speedup(F32, AttentionBench.JLAMA));
    report.reach(
        new Goal("2-bit book vs Jlama f32", 30, 45), standings.speedup(book, AttentionBench.JLAMA));
  }

  private static KeyValueFormat faster(Standings standings, KeyValueFormat... codecs) {
    return Stream.of(codecs)
        .min(
            Comparator.comparing(
                codec -> standings.of(codec.name()).by(standings.contest().clock()).median()))
        .orElseThrow();
  }
}
