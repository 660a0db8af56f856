package org.recollect.continual;

import static org.recollect.continual.ContinualMeasures.BACKWARD_TRANSFER;
import static org.recollect.continual.ContinualMeasures.COMPUTE;
import static org.recollect.continual.ContinualMeasures.CURVES;
import static org.recollect.continual.ContinualMeasures.DORMANT_UNITS;
import static org.recollect.continual.ContinualMeasures.EFFECTIVE_RANK;
import static org.recollect.continual.ContinualMeasures.ESSENTIAL_FORGETTING;
import static org.recollect.continual.ContinualMeasures.FALL_10;
import static org.recollect.continual.ContinualMeasures.FALL_100;
import static org.recollect.continual.ContinualMeasures.FORGETTING;
import static org.recollect.continual.ContinualMeasures.FORWARD_TRANSFER;
import static org.recollect.continual.ContinualMeasures.GAP_DEPTH;
import static org.recollect.continual.ContinualMeasures.GENERAL_CHANGE;
import static org.recollect.continual.ContinualMeasures.GENERAL_SCORE;
import static org.recollect.continual.ContinualMeasures.INCREMENTAL_PERFORMANCE;
import static org.recollect.continual.ContinualMeasures.INTRANSIGENCE;
import static org.recollect.continual.ContinualMeasures.KEPT_BYTES;
import static org.recollect.continual.ContinualMeasures.LEARNED;
import static org.recollect.continual.ContinualMeasures.LEARNING_AREA;
import static org.recollect.continual.ContinualMeasures.MIN_SCORE;
import static org.recollect.continual.ContinualMeasures.MOVING;
import static org.recollect.continual.ContinualMeasures.OVERHEAD;
import static org.recollect.continual.ContinualMeasures.PERFORMANCE;
import static org.recollect.continual.ContinualMeasures.RECOVERY;
import static org.recollect.continual.ContinualMeasures.RISE_10;
import static org.recollect.continual.ContinualMeasures.RISE_100;
import static org.recollect.continual.ContinualMeasures.SCORES;
import static org.recollect.continual.ContinualMeasures.SUPERFICIAL_FORGETTING;
import static org.recollect.continual.ContinualMeasures.WORST_CASE;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.recollect.data.TaskStream;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.lab.Readings;

/// The measures of a course that is over, each taken only when it is wanted.
final class CourseMarks {
  /// Evaluations after the first that the learning-curve area takes in; see [Trace#areas].
  private static final int BETA = 10;

  /// Steps after a switch in which the gap is sought.
  private static final int GAP = 50;

  private final Teacher teacher;
  private final TaskStream stream;
  private final Base base;
  private final Supplier<Courses.Reference> reference;
  private final Supplier<double[]> alone;
  private final DoubleSupplier generalBefore;
  private final Readings readings = new Readings();
  private final Map<Integer, Written> nowWritten = new HashMap<>();

  CourseMarks(
      Teacher teacher,
      TaskStream stream,
      Base base,
      Supplier<Courses.Reference> reference,
      Supplier<double[]> alone,
      DoubleSupplier generalBefore) {
    this.teacher = teacher;
    this.stream = stream;
    this.base = base;
    this.reference = reference;
    this.alone = alone;
    this.generalBefore = generalBefore;
    inTheEnd();
    alongTheWay();
    cost();
  }

  /// Takes up something else to be asked in the end.
  void ask(Inquiry inquiry) {
    readings.each(inquiry.measure(), () -> inquiry.of(teacher.judged()));
  }

  /// Takes what is wanted; what only some strategies know is asked of the arm.
  Outcome outcome(List<Measure> wanted, Strategy arm) {
    var outcome = readings.outcome(wanted);
    for (Measure measure : wanted) {
      if (!outcome.samples().containsKey(measure)) {
        double[] figure =
            arm.figures().contains(measure) ? teacher.hooks().figure(measure) : new double[] {0};
        outcome =
            figure.length == 1 ? outcome.with(measure, figure[0]) : outcome.with(measure, figure);
      }
    }
    return outcome;
  }

  private void inTheEnd() {
    var matrix = teacher.notes().matrix();
    readings.each(SCORES, matrix::flat);
    readings.each(PERFORMANCE, matrix::performance);
    readings.each(INCREMENTAL_PERFORMANCE, matrix::performances);
    readings.each(LEARNED, matrix::learned);
    each(FORGETTING, matrix::forgetting);
    each(BACKWARD_TRANSFER, matrix::backwardTransfer);
    each(FORWARD_TRANSFER, matrix::forwardTransfer);
    readings.each(INTRANSIGENCE, () -> matrix.intransigence(alone.get()));
    readings.all(GENERAL_SCORE, this::general);
    readings.all(GENERAL_CHANGE, () -> general() - generalBefore.getAsDouble());
    readings.all(ESSENTIAL_FORGETTING, this::essential);
    readings.all(SUPERFICIAL_FORGETTING, () -> whole() - essential());
    readings.all(DORMANT_UNITS, () -> Plasticity.of(teacher.judged(), stream).dormant());
    readings.all(EFFECTIVE_RANK, () -> Plasticity.of(teacher.judged(), stream).effectiveRank());
  }

  private double general() {
    return base.general().map(task -> teacher.judged().score(Base.judged(task))).orElse(0.0);
  }

  private double essential() {
    return fall(Written::content);
  }

  private double whole() {
    return fall(Written::whole);
  }

  /// The mean fall over old tasks.
  private double fall(ToDoubleFunction<Written> share) {
    return teacher.notes().written().entrySet().stream()
        .filter(entry -> teacher.notes().matrix().row(entry.getKey()) < stream.experiences().size())
        .mapToDouble(entry ->
            share.applyAsDouble(entry.getValue()) - share.applyAsDouble(writtenNow(entry.getKey())))
        .average()
        .orElse(0);
  }

  private Written writtenNow(int task) {
    return nowWritten.computeIfAbsent(
        task, _ -> Written.by(teacher.judged(task), stream.judged(task)));
  }

  private void alongTheWay() {
    each(MIN_SCORE, () -> teacher.notes().trace().minimum());
    readings.all(WORST_CASE, () -> teacher.notes().trace().worstCase());
    readings.each(FALL_10, () -> teacher.notes().trace().fall(10));
    readings.each(FALL_100, () -> teacher.notes().trace().fall(100));
    readings.each(RISE_10, () -> teacher.notes().trace().rise(10));
    readings.each(RISE_100, () -> teacher.notes().trace().rise(100));
    each(GAP_DEPTH, () -> teacher.notes().trace().gapDepths(GAP));
    each(RECOVERY, () -> teacher.notes().trace().recoveries());
    readings.each(LEARNING_AREA, () -> teacher.notes().trace().areas(BETA));
    readings.each(CURVES, () -> teacher.notes().trace().flat());
  }

  private void cost() {
    readings.all(COMPUTE, () -> teacher.flop() / reference.get().flop());
    readings.all(OVERHEAD, () -> teacher.notes().seconds() / reference.get().seconds());
    readings.all(
        MOVING,
        () ->
            100.0
                * teacher.trainee().trainable().parameters()
                / teacher.trainee().weights().parameters());
    readings.all(KEPT_BYTES, () -> teacher.hooks().bytes());
  }

  /// Of one task there is nothing to be forgotten: 0 then.
  private void each(Measure measure, Supplier<double[]> items) {
    readings.each(
        measure,
        () -> {
          double[] values = items.get();
          return values.length == 0 ? new double[] {0} : values;
        });
  }
}
