package org.recollect.retrieval.store;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.tensor.RandomStream;

/// Forgetting over time, as MemoryBank (Zhong et al., 2023) takes it from Ebbinghaus: a key is
/// retained by `R = exp(-t / S)` with `t` the days since it was last written or read. Its strength
/// `S` is 1 at first and grows by 1 at each read. When the clock goes on, the keys leave whose
/// retention is below a threshold, or below a random draw. It has no limit. Mutable.
public final class Decay implements Eviction {
  private record Trace(long day, int strength) {}

  /// What retention is held against.
  private interface Threshold {
    double of(String key, long day);
  }

  private final Threshold threshold;
  private final Map<String, Trace> traces = new LinkedHashMap<>();
  private long today;

  private Decay(Threshold threshold) {
    this.threshold = threshold;
  }

  /// Keys leave whose retention is below this.
  ///
  /// @param retention 0 to 1
  public static Decay below(double retention) {
    if (!(retention >= 0 && retention <= 1)) {
      throw new IllegalArgumentException(
          "The least retention is %s, expected 0 to 1: give a number between."
              .formatted(retention));
    }
    return new Decay((_, _) -> retention);
  }

  /// Keys leave whose retention is below a draw between 0 and 1, which seed, key and day decide.
  public static Decay drawn(long seed) {
    var draws = RandomStream.of(seed, "retention");
    return new Decay((key, day) -> draws.split(key, day).nextDouble());
  }

  @Override
  public List<String> write(String key, long weight) {
    traces.put(key, new Trace(today, 1));
    return List.of();
  }

  @Override
  public void read(String key) {
    traces.computeIfPresent(key, (_, trace) -> new Trace(today, trace.strength() + 1));
  }

  @Override
  public void remove(String key) {
    traces.remove(key);
  }

  @Override
  public List<String> advance(long day) {
    if (day < today) {
      throw new IllegalArgumentException(
          "Day %d is before day %d: time does not run backwards, give a later one."
              .formatted(day, today));
    }
    today = day;
    var leaving =
        traces.keySet().stream().filter(key -> retention(key) < threshold.of(key, day)).toList();
    leaving.forEach(traces::remove);
    return leaving;
  }

  /// How well a key is retained today, 0 to 1; 0 where it is not there.
  public double retention(String key) {
    var trace = traces.get(key);
    return trace == null ? 0 : Math.exp(-(double) (today - trace.day()) / trace.strength());
  }
}
