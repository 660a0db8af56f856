package org.recollect.retrieval.domain;

import java.util.Arrays;
import java.util.List;
import org.recollect.model.LanguageModel;

/// A datastore that predicts: what followed the places that are nearest to a model's own state, by
/// the temperature that suits validation. Owns the datastore.
///
/// @param store of the domain's text
/// @param neighbours looked up
/// @param temperature in the unit of squared distances
record Lookup(Datastore store, int neighbours, double temperature) implements Predictor {

  /// Temperatures tried, as multiples of the mean squared distance to a neighbour *(inferred)*: the
  /// unit of a distance is a matter of the model.
  private static final double[] TEMPERATURES = {0.03, 0.1, 0.3, 1};

  /// The temperature at which the look-up mixed with the model, by the share that is best there,
  /// predicts validation best.
  static Lookup chosen(LanguageModel model, DomainTask task, int neighbours) {
    var store = new Datastore(model, task.training());
    double[][] own = Predictor.of(model).logLikelihoods(task.validation());
    var found =
        Arrays.stream(task.validation()).map(text -> store.nearest(text, neighbours, 1)).toList();
    double unit = Math.max(1e-6, meanDistance(found));
    var best = new Lookup(store, neighbours, unit);
    double least = Double.POSITIVE_INFINITY;
    for (double multiple : TEMPERATURES) {
      double[][] looked = new double[found.size()][];
      Arrays.setAll(
          looked, i -> store.logLikelihoods(task.validation()[i], found.get(i), multiple * unit));
      double lost = Interpolation.best(own, looked).loss();
      if (lost < least) {
        best = new Lookup(store, neighbours, multiple * unit);
        least = lost;
      }
    }
    return best;
  }

  private static double meanDistance(List<List<Datastore.Found>> found) {
    double sum = 0;
    long count = 0;
    for (var text : found) {
      for (var place : text) {
        for (float distance : place.distances()) {
          sum += distance;
          count++;
        }
      }
    }
    return sum / count;
  }

  /// What it says at each of its own places, which are not looked up for themselves.
  SparseTargets targets() {
    return store.targets(store.others(neighbours), temperature);
  }

  @Override
  public double[] logLikelihoods(int[] text) {
    return store.logLikelihoods(text, store.nearest(text, neighbours, 1), temperature);
  }

  @Override
  public void close() {
    store.close();
  }
}
