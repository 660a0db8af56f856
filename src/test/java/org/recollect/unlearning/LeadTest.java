package org.recollect.unlearning;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LeadTest {

  private final AtomicInteger taken = new AtomicInteger();

  /// Ten steps there are, each of which takes a tenth away.
  private boolean advance() {
    return taken.get() < 10 && taken.incrementAndGet() > 0;
  }

  private double probability() {
    return 1 - taken.get() / 10.0;
  }

  @Test
  void stepsAreTakenUpToTheirNumber() {
    assertEquals(4, Lead.steps(4).along(this::advance, this::probability));
    assertEquals(4, taken.get());
  }

  @Test
  void thereMayBeFewer() {
    assertEquals(10, Lead.steps(99).along(this::advance, this::probability));
  }

  /// Half of the way from 1 to .2 is at .6; nothing is asked where nothing is sought.
  @Test
  void aLevelEndsThePathAsSoonAsItIsReached() {
    var half = Lead.towards(0.5, 1, 0.2 - 1e-9, 99);
    assertEquals(5, half.along(this::advance, this::probability));
    assertEquals(0, half.along(this::advance, this::probability));
    Lead.steps(1)
        .along(
            this::advance,
            () -> {
              throw new AssertionError("no level is sought");
            });
  }

  @Test
  void whoDoesNotGetThereStopsInTheEnd() {
    assertEquals(3, Lead.towards(1, 1, 0, 3).along(this::advance, this::probability));
  }
}
