package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Contest.Clock;

/// With clocks of our own, so that nothing depends on the machine.
class ContestTest {

  /// Warm up for a hundred nanoseconds, then five sweeps.
  private static final Pace PACE = new Pace(1e-7, 1e-7, 0, 5);

  private static Contender steady(String name, double operations, double processor, double wall) {
    return new Contender(name, operations, 0, () -> new Round.Took(processor, wall));
  }

  @Test
  void timesAreToldForOneOperation() {
    var standings =
        new Contest("c", "token", Clock.PROCESSOR, List.of(steady("a", 4, 100, 120))).run(PACE);
    assertEquals(new Quartiles(25, 25, 25), standings.of("a").by(Clock.PROCESSOR));
    assertEquals(new Quartiles(30, 30, 30), standings.of("a").by(Clock.WALL));
    assertEquals(5, standings.of("a").wall().length);
  }

  @Test
  void everyContenderHasOneRoundInEachSweep() {
    var order = new ArrayList<String>();
    var contenders = new ArrayList<Contender>();
    for (String name : List.of("a", "b", "c")) {
      contenders.add(
          new Contender(
              name,
              1,
              0,
              () -> {
                order.add(name);
                return new Round.Took(1000, 1000);
              }));
    }
    new Contest("c", "token", Clock.PROCESSOR, contenders).run(PACE);
    int measured = order.size() - 3 * 5;
    assertTrue(measured >= 3, "each warms up");
    for (int sweep = measured; sweep < order.size(); sweep += 3) {
      var names = new ArrayList<>(order.subList(sweep, sweep + 3));
      names.sort(null);
      assertEquals(List.of("a", "b", "c"), names);
    }
  }

  @Test
  void speedIsTheRatioOfMediansAndItsSpreadThatOfSweeps() {
    var speedup = Speedup.of(new double[] {20, 40, 30}, new double[] {10, 10, 20}, Clock.PROCESSOR);
    assertEquals(3, speedup.value());
    assertEquals(new Quartiles(1.75, 2, 3), speedup.spread());
  }

  @Test
  void theContestsClockDecidesUnlessAnotherIsNamed() {
    var standings =
        new Contest(
                "c",
                "token",
                Clock.PROCESSOR,
                List.of(steady("ours", 2, 10, 40), steady("peer", 1, 20, 10)))
            .run(PACE);
    assertEquals(4, standings.speedup("ours", "peer").value());
    assertEquals(0.5, standings.speedup("ours", "peer", Clock.WALL).value());
  }

  @Test
  void theRoofIsTheReadingOfAsManyBytes() {
    var standings =
        new Contest(
                "c",
                "token",
                Clock.PROCESSOR,
                List.of(
                    new Contender("ours", 1, 68, () -> new Round.Took(20, 20)),
                    new Contender("other", 1, 72, () -> new Round.Took(20, 20)),
                    new Contender(MemoryStream.name(68), 1, 68, () -> new Round.Took(5, 5))))
            .run(PACE);
    assertEquals(3.4, standings.bandwidth(standings.of("ours")));
    assertEquals(0.25, standings.ofRoof(standings.of("ours")).orElseThrow());
    assertTrue(standings.ofRoof(standings.of("other")).isEmpty());
    assertTrue(standings.ofRoof(standings.of(MemoryStream.name(68))).isEmpty());
  }

  @Test
  void aRoundInTheCallingThreadIsDoneOnceAndTimed() {
    var done = new AtomicInteger();
    var took = Round.of(done::incrementAndGet).take();
    assertEquals(1, done.get());
    assertTrue(took.processor() >= 0 && took.wall() > 0, took.toString());
  }

  @Test
  void refusesTwoOfOneNameAndUnknownOnes() {
    var twice = List.of(steady("a", 1, 1, 1), steady("a", 1, 1, 1));
    assertThrows(
        IllegalArgumentException.class, () -> new Contest("c", "token", Clock.WALL, twice));
    var standings = new Contest("c", "token", Clock.WALL, List.of(steady("a", 1, 1, 1))).run(PACE);
    var refusal = assertThrows(IllegalArgumentException.class, () -> standings.of("b"));
    assertTrue(refusal.getMessage().contains("'b'"), refusal.getMessage());
  }

  @Test
  void disagreementIsRefused() {
    float[] expected = {1, -4};
    Agreement.require("x", expected, new float[] {1.03f, -4}, 0.01);
    for (float wrong : new float[] {1.05f, Float.NaN}) {
      float[] computed = {wrong, -4};
      var refusal =
          assertThrows(
              IllegalStateException.class, () -> Agreement.require("x", expected, computed, 0.01));
      assertTrue(refusal.getMessage().startsWith("x is off by"), refusal.getMessage());
    }
    assertThrows(
        IllegalStateException.class, () -> Agreement.require("x", expected, new float[] {1}, 0.01));
  }

  @Test
  void theStepIsTheSameForEveryContender() {
    var step = Decoding.of(256, 1);
    assertArrayEquals(step.keys(), Decoding.of(256, 1).keys());
    assertEquals(256, step.text());
    assertEquals(4096, Decoding.of(8192, 2).text());
    assertThrows(IllegalArgumentException.class, () -> Decoding.of(5000, 1));
  }
}
