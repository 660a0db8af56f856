package org.recollect.unlearning.analytic;

/// What every [AnalyticStudy] shows beside its arms: the head that has learned everything, and the
/// oracle that is fitted to what is left.
///
/// @param name as tables show it
/// @param oracle whether it is the oracle
public record HeadBound(String name, boolean oracle) implements HeadEraser {
  /// Nothing is forgotten.
  public static final HeadBound FULL = new HeadBound("full head", false);

  /// Fitted anew to what is left, whenever something is forgotten.
  public static final HeadBound RETRAINED = new HeadBound("retrain head", true);

  @Override
  public HeadErasing begin(Course course) {
    return new HeadErasing() {
      private int[] known = course.all().toArray();

      @Override
      public double serve(Deletion request, int... left) {
        if (!oracle) {
          return 0;
        }
        known = left;
        return course.cost().refit(left.length);
      }

      /// Fitted when it is asked for: nobody looks at the weights between.
      @Override
      public double[][] weights() {
        return course.fit(known);
      }
    };
  }
}
