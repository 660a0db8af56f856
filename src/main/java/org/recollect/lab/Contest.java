package org.recollect.lab;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/// Contenders that take turns, round by round, so that whatever else happens on the machine meets
/// all of them. All warm up first, by turns as well: a compiler that has seen only one of them
/// would favour it.
///
/// ```java
/// var contest = new Contest("sorting", "list", Contest.Clock.PROCESSOR, List.of(
///     Contender.of("one way", 1, () -> one.sort(list)), Contender.of("other", 1, () -> other.sort(list))));
/// contest.run(Pace.QUICK).speedup("one way", "other").value()
/// ```
///
/// @param title what is compared, such as `attention, T = 4096`
/// @param operation what one time is told for, such as `token and head`
/// @param clock that tells the times
public record Contest(String title, String operation, Clock clock, List<Contender> contenders) {

  /// Which of its two times a round is judged by.
  public enum Clock {
    /// Time that the calling thread spent on a processor: what else runs on the machine adds
    /// little.
    PROCESSOR,
    /// Time that passed: all there is to say where a contender has threads of its own.
    WALL;

    /// As the reader of a table knows it.
    public String title() {
      return this == PROCESSOR ? "thread CPU" : "wall";
    }
  }

  /// A turn while warming up.
  private static final long SLICE = 50_000_000;

  private static final long SEED = 3;

  public Contest {
    contenders = List.copyOf(contenders);
    long names = contenders.stream().map(Contender::name).distinct().count();
    if (contenders.isEmpty() || names < contenders.size()) {
      throw new IllegalArgumentException(
          "The contest '%s' needs contenders with distinct names; it has %s."
              .formatted(title, contenders.stream().map(Contender::name).toList()));
    }
  }

  /// Warms up, then measures; as long as the pace says, with every contender.
  public Standings run(Pace pace) {
    warmUp(pace);
    return measure(pace);
  }

  private void warmUp(Pace pace) {
    var cold = new ArrayList<>(contenders.stream().map(WarmUp::new).toList());
    while (!cold.isEmpty()) {
      cold.removeIf(contender -> contender.turn(pace));
    }
  }

  private Standings measure(Pace pace) {
    var times = contenders.stream().map(_ -> new ArrayList<Round.Took>()).toList();
    var order = new ArrayList<Integer>();
    for (int i = 0; i < contenders.size(); i++) {
      order.add(i);
    }
    // Whom a contender follows decides what it finds in the cache.
    var random = new Random(SEED);
    long start = System.nanoTime();
    for (int sweep = 0;
        sweep < pace.sweeps() || System.nanoTime() - start < 1e9 * pace.seconds();
        sweep++) {
      Collections.shuffle(order, random);
      order.forEach(i -> times.get(i).add(contenders.get(i).round().take()));
    }
    var standings = new ArrayList<Standing>();
    for (int i = 0; i < contenders.size(); i++) {
      standings.add(Standing.of(contenders.get(i), times.get(i)));
    }
    return new Standings(this, standings);
  }

  /// What a contender did until now. Mutable.
  private static final class WarmUp {
    private final Contender contender;
    private double[] times = new double[64];
    private int rounds;
    private double wall;

    WarmUp(Contender contender) {
      this.contender = contender;
    }

    /// A slice of rounds; whether it was the last.
    boolean turn(Pace pace) {
      double end = wall + SLICE;
      do {
        var took = contender.round().take();
        if (rounds == times.length) {
          times = Arrays.copyOf(times, 2 * rounds);
        }
        times[rounds++] = took.wall();
        // A clock that stands still must not keep a contender for ever.
        wall += Math.max(1, took.wall());
      } while (wall < end && wall < 1e9 * pace.most());
      return pace.warm(wall / 1e9, Arrays.copyOf(times, rounds));
    }
  }
}
