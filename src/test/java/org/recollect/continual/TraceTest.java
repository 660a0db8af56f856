package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.Example.Question;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;

/// Every number here was worked out by hand.
class TraceTest {

  /// Two tasks of four steps each, evaluated at every step.
  private static final double[] OLD = {0.1, 0.5, 0.7, 0.8, 0.8, 0.3, 0.5, 0.9, 0.7};

  private static final double[] NEW = {0.2, 0.2, 0.2, 0.2, 0.3, 0.6, 0.7, 0.8, 0.9};

  private static Trace trace(double[] old, double[] young, int steps) {
    var points = new ArrayList<Trace.Point>();
    for (int i = 0; i < old.length; i++) {
      points.add(new Trace.Point(i, new double[] {old[i], young[i]}));
    }
    return new Trace(points, new long[] {steps, 2L * steps}, 0, 1);
  }

  private static final Trace TRACE = trace(OLD, NEW, 4);

  @Test
  void minimumIsTakenAfterTheTaskWasLearned() {
    assertArrayEquals(new double[] {0.3}, TRACE.minimum());
  }

  @Test
  void worstCaseWeighsTheNewestAgainstTheOld() {
    assertEquals(0.9 / 2 + 0.3 / 2, TRACE.worstCase(), 1e-12);
  }

  @Test
  void fallsAndRisesFitIntoTheirWindow() {
    assertArrayEquals(new double[] {0.5, 0}, TRACE.fall(2), 1e-12);
    assertArrayEquals(new double[] {0.4, 0.3}, TRACE.rise(2), 1e-12);
    assertArrayEquals(new double[] {0.5, 0}, TRACE.fall(100), 1e-12);
    assertArrayEquals(new double[] {0.8, 0.6}, TRACE.rise(100), 1e-12);
    assertArrayEquals(new double[] {0, 0}, TRACE.fall(1), 1e-12);
  }

  @Test
  void gapIsFromTheSwitchToTheLowest() {
    assertArrayEquals(new double[] {0.5}, TRACE.gapDepths(50), 1e-12);
    assertArrayEquals(new double[] {0}, trace(NEW, OLD, 4).gapDepths(50), 1e-12);
  }

  /// What the third task does is no gap of the switch to the second.
  @Test
  void gapEndsWithItsExperience() {
    var points = new ArrayList<Trace.Point>();
    double[] old = {0, 0.9, 0.9, 0.8, 0.9, 0.2, 0.1};
    for (int i = 0; i < old.length; i++) {
      points.add(new Trace.Point(i, new double[] {old[i], 0.5, 0.5}));
    }
    var trace = new Trace(points, new long[] {2, 4, 6}, 0, 1, 2);
    assertArrayEquals(new double[] {0.1, 0.8, 0}, trace.gapDepths(50), 1e-12);
  }

  @Test
  void recoveryIsThereToStay() {
    // 95 % of 0.8 is 0.76: above it at step 7, below again at step 8.
    assertArrayEquals(new double[] {4}, TRACE.recoveries());
    double[] recovered = OLD.clone();
    recovered[8] = 0.8;
    assertArrayEquals(new double[] {3}, trace(recovered, NEW, 4).recoveries());
    double[] never = {0, 1, 1, 1, 1, 1, 1, 1, 1};
    assertArrayEquals(new double[] {0}, trace(never, NEW, 4).recoveries());
  }

  @Test
  void areaIsOfTheFirstEvaluations() {
    assertArrayEquals(new double[] {0.3, 0.45}, TRACE.areas(1), 1e-12);
    assertArrayEquals(new double[] {2.9 / 5, 3.3 / 5}, TRACE.areas(10), 1e-12);
  }

  @Test
  void pointsInOnePieceMakeTheSameTrace() {
    var lessons = List.of(new Lesson(0, 0, new Question("q", "a")));
    var experiences = List.of(new Experience(0, 0, lessons), new Experience(1, 1, lessons));
    var flat = Arrays.stream(TRACE.flat()).boxed().toList();
    var again = Trace.of(flat, 2, experiences);
    assertArrayEquals(TRACE.flat(), again.flat());
    assertArrayEquals(TRACE.ends(), again.ends());
    assertEquals(TRACE.worstCase(), again.worstCase());
  }
}
