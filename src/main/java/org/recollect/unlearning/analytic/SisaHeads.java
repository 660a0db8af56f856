package org.recollect.unlearning.analytic;

import java.util.Arrays;
import org.recollect.unlearning.Sisa;

/// [Sisa] with a ridge classifier for each shard, fitted again whenever a request reaches it. The
/// mean of their outputs is the output of their mean weights. Slices would gain nothing here: a fit
/// cannot go on from an earlier one.
///
/// @param shards 1 or more
public record SisaHeads(int shards) implements HeadEraser {

  @Override
  public String name() {
    return "SISA";
  }

  @Override
  public HeadErasing begin(Course course) {
    return new Path(course, shards);
  }

  private static final class Path implements HeadErasing, Sisa.Learner<double[][]> {
    private final Course course;
    private final Sisa<double[][]> sisa;
    private double flop;

    Path(Course course, int shards) {
      this.course = course;
      sisa = new Sisa<>(this, course.samples().labels().length, shards, 1, course.seed());
    }

    @Override
    public double[][] start(int shard) {
      return course.fit();
    }

    @Override
    public double[][] train(double[][] from, int[] samples) {
      flop += course.cost().refit(samples.length);
      return course.fit(samples);
    }

    @Override
    public double serve(Deletion request, int... left) {
      flop = 0;
      sisa.forget(request.samples());
      return flop;
    }

    @Override
    public double[][] weights() {
      double[] mean =
          sisa.probabilities(
              weights -> Arrays.stream(weights).flatMapToDouble(Arrays::stream).toArray());
      var rows = new double[course.features()][];
      Arrays.setAll(
          rows, f -> Arrays.copyOfRange(mean, f * course.classes(), (f + 1) * course.classes()));
      return rows;
    }

    @Override
    public void close() {
      sisa.close();
    }
  }
}
