package org.recollect.retrieval.store;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Window-TinyLFU (Einziger, Friedman and Manes, "TinyLFU: A Highly Efficient Cache Admission
/// Policy", 2017), as KARMA (Wang et al., 2024) keeps its short-term memory.
///
/// A new key enters a window, which is an LRU. Behind it lies the main part, a segmented LRU: keys
/// from the window come on probation, those that are used again there are protected, and a
/// protected one that has to go is first put on probation again. When there is too much of all, the
/// window's oldest key and probation's oldest key are held against each other, and the one that a
/// sketch of the recent uses estimates as rarer leaves, the window's at a tie (inferred). The
/// sketch counts every write and read, of keys that are not there too, and halves all counts
/// periodically.
///
/// Mutable.
public final class WTinyLfu implements Eviction {
  /// The window's share of the limit in Einziger et al.; KARMA did best with 0.9 of ten units.
  public static final double WINDOW = 0.01;

  /// The protected share of the main part in Einziger et al.
  public static final double PROTECTED = 0.8;

  private static final int SAMPLE_PER_ENTRY = 10;
  private static final int LARGEST_SAMPLE = 1 << 20;

  private final Limit limit;
  private final long windowLimit;
  private final long protectedLimit;
  private final FrequencySketch frequency;
  private final Queue window = new Queue();
  private final Queue probation = new Queue();
  private final Queue guarded = new Queue();

  /// With a window of 0.01 and ten uses for each unit of the limit between two halvings (both
  /// Einziger et al.); where the limit counts bytes or tokens, give these yourself.
  ///
  /// @param limit of all weights, at least 1
  public WTinyLfu(long limit) {
    this(
        limit,
        WINDOW,
        (int) Math.clamp(limit, 1, LARGEST_SAMPLE / SAMPLE_PER_ENTRY) * SAMPLE_PER_ENTRY);
  }

  /// @param limit of all weights, at least 1
  /// @param window its share of the limit, 0 to 1; it is never below a weight of 1
  /// @param sample uses between two halvings of the counts, KARMA's W; at least 1
  public WTinyLfu(long limit, double window, int sample) {
    this.limit = new Limit(limit);
    if (!(window >= 0 && window <= 1)) {
      throw new IllegalArgumentException(
          "The window's share is %s, expected 0 to 1: give a share between.".formatted(window));
    }
    windowLimit = Math.max(1, Math.round(window * limit));
    protectedLimit = (long) (PROTECTED * (limit - windowLimit));
    frequency = new FrequencySketch(sample);
  }

  @Override
  public List<String> write(String key, long weight) {
    frequency.count(key);
    if (!limit.admits(key, weight)) {
      remove(key);
      return List.of(key);
    }
    if (probation.has(key) || guarded.has(key)) {
      (probation.has(key) ? probation : guarded).put(key, weight);
      use(key);
    } else {
      window.put(key, weight);
      window.renew(key);
    }
    return makeRoom(key);
  }

  @Override
  public void read(String key) {
    frequency.count(key);
    use(key);
  }

  @Override
  public void remove(String key) {
    window.remove(key);
    probation.remove(key);
    guarded.remove(key);
  }

  private void use(String key) {
    if (window.has(key)) {
      window.renew(key);
    } else if (guarded.has(key)) {
      guarded.renew(key);
    } else if (probation.has(key)) {
      guarded.put(key, probation.remove(key));
    }
    while (guarded.total() > protectedLimit) {
      demote(guarded.first(null).orElseThrow());
    }
  }

  private void demote(String key) {
    probation.put(key, guarded.remove(key));
  }

  /// @param written the key that must stay
  private List<String> makeRoom(String written) {
    var leaving = new ArrayList<String>();
    while (total() > limit.weight()) {
      var loser = loser(written);
      remove(loser);
      leaving.add(loser);
    }
    while (window.total() > windowLimit && window.first(written).isPresent()) {
      toProbation(window.first(written).get());
    }
    return leaving;
  }

  private String loser(String written) {
    var candidate = window.total() > windowLimit ? window.first(written) : Optional.<String>empty();
    var rival = rival(written);
    if (candidate.isPresent() && rival.isPresent()) {
      if (frequency.estimate(candidate.get()) <= frequency.estimate(rival.get())) {
        return candidate.get();
      }
      toProbation(candidate.get());
      return rival.get();
    }
    return candidate.or(() -> rival).or(() -> window.first(written)).orElseThrow();
  }

  private void toProbation(String key) {
    probation.put(key, window.remove(key));
  }

  private Optional<String> rival(String written) {
    if (probation.first(written).isEmpty()) {
      guarded.first(written).ifPresent(this::demote);
    }
    return probation.first(written);
  }

  private long total() {
    return window.total() + probation.total() + guarded.total();
  }
}
