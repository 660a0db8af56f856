package org.recollect.unlearning.analytic;

import ai.djl.ndarray.types.DataType;
import java.util.Map;
import org.recollect.model.RidgeHead;

/// [Acu] as an arm.
///
/// @param name as tables show it
/// @param numbers in which the head is kept: FLOAT64 or FLOAT32
/// @param keepsSums whether a class is forgotten by its sums instead of its samples
public record AcuEraser(String name, DataType numbers, boolean keepsSums) implements HeadEraser {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("numbers", numbers, "keeps sums", keepsSums);
  }

  @Override
  public HeadErasing begin(Course course) {
    var head = RidgeHead.of(course.features(), course.gamma(), numbers);
    var acu = keepsSums ? Acu.keepingSums(head) : Acu.on(head);
    for (int[] task : course.tasks()) {
      var samples = course.of(task);
      acu.learn(samples.rows(), samples.labels());
    }
    return new Path(acu, course);
  }

  private final class Path implements HeadErasing {
    private final Acu acu;
    private final Course course;

    Path(Acu acu, Course course) {
      this.acu = acu;
      this.course = course;
    }

    @Override
    public double serve(Deletion request, int... left) {
      var samples = course.of(request.samples());
      int count = samples.labels().length;
      var cost = course.cost();
      double asked = numbers == DataType.FLOAT64 ? cost.refusal() : 0;
      if (request.label().isEmpty()) {
        acu.forget(samples.rows(), samples.labels());
        return cost.update(count) + asked + (keepsSums ? cost.sums(count) : 0);
      }
      if (keepsSums) {
        acu.forgetClass(request.label().getAsInt());
        return cost.reinversion() + asked;
      }
      acu.forgetClass(request.label().getAsInt(), samples.rows());
      return cost.update(count) + asked;
    }

    @Override
    public double[][] weights() {
      double[][] own = acu.head().weights();
      var known = acu.head().classes();
      var weights = new double[own.length][course.classes()];
      for (int f = 0; f < own.length; f++) {
        for (int column = 0; column < known.size(); column++) {
          weights[f][known.get(column)] = own[f][column];
        }
      }
      return weights;
    }

    @Override
    public void close() {
      acu.close();
    }
  }
}
