package org.recollect.unlearning.analytic;

import java.util.Arrays;
import java.util.Map;

/// A [HeadUnlearner] as an arm: it starts from the ridge classifier and goes on by steps along the
/// gradient of the squared loss. The column of a class that was asked for is dropped, which no
/// gradient need find out. Weights that are no numbers any more are not taken over.
///
/// @param name as tables show it
/// @param series as [org.recollect.lab.Arm#series]
/// @param method whose rate is meant for samples of unit length: it is divided by the mean square
///   length of those learned, so that fine-tuning is stable up to a rate of 2
public record DescentEraser(String name, String series, HeadUnlearner method)
    implements HeadEraser {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("method", method);
  }

  @Override
  public HeadErasing begin(Course course) {
    double length =
        Arrays.stream(course.samples().rows())
            .mapToDouble(row -> Arrays.stream(row).map(x -> x * x).sum())
            .average()
            .orElseThrow();
    return new Path(course, method.scaled(1 / length));
  }

  private static final class Path implements HeadErasing {
    private final Course course;
    private final HeadUnlearner method;
    private final boolean[] gone;
    private double[][] weights;

    Path(Course course, HeadUnlearner method) {
      this.course = course;
      this.method = method;
      gone = new boolean[course.classes()];
      weights = course.fit(course.all().toArray());
    }

    @Override
    public double serve(Deletion request, int... left) {
      var head = new LinearHead(weights, LinearHead.Loss.SQUARED);
      var next = method.unlearn(head, course.of(request.samples()), course.of(left)).weights();
      if (Arrays.stream(next).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)) {
        weights = next;
      }
      request.label().ifPresent(label -> gone[label] = true);
      for (double[] row : weights) {
        for (int c = 0; c < gone.length; c++) {
          row[c] = gone[c] ? 0 : row[c];
        }
      }
      return course.cost().gradient(method.shown(request.samples().length, left.length));
    }

    @Override
    public double[][] weights() {
      return weights;
    }
  }
}
