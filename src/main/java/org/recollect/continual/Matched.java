package org.recollect.continual;

import java.util.Map;

/// Sequential tuning in batches that are a multiple of the usual size: as many lessons are read in
/// as many steps as by a strategy that reads old ones beside the new. What such a strategy gains
/// over this, it does not owe to reading more.
///
/// @param of the name of the strategy whose control this is
/// @param times how much more it reads than plain tuning, at least 1
public record Matched(String of, int times) implements Strategy {

  public Matched {
    if (times < 1) {
      throw new IllegalArgumentException(
          "A strategy reads at least as much as plain tuning, not %d times.".formatted(times));
    }
  }

  @Override
  public String name() {
    return "sequential x" + times + ", matched to " + of;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("times", times);
  }

  @Override
  public Hooks begin(Start start) {
    return new Hooks() {};
  }

  @Override
  public Recipe recipe(Recipe usual) {
    return usual.rows(usual.rows() * times);
  }
}
