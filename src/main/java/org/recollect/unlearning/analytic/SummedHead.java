package org.recollect.unlearning.analytic;

/// The plainest exact way: keep `X'X` and `X'Y`, subtract what is to be forgotten, and solve again.
/// It needs what ACU needs, the samples of the request, and keeps as much; nobody proposed it as a
/// method, so it is ours, to tell what the stored inverse is worth.
public record SummedHead() implements HeadEraser {

  @Override
  public String name() {
    return "sums, solved again";
  }

  @Override
  public HeadErasing begin(Course course) {
    var sums = new RidgeSums(course.features(), course.classes());
    sums.add(course.samples());
    return new HeadErasing() {
      @Override
      public double serve(Deletion request, int... left) {
        sums.subtract(course.of(request.samples()));
        return course.cost().sums(request.samples().length) + course.cost().solving();
      }

      @Override
      public double[][] weights() {
        return sums.weights(course.gamma());
      }
    };
  }
}
