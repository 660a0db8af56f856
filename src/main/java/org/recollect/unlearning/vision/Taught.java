package org.recollect.unlearning.vision;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recollect.model.ImageClassifier;
import org.recollect.train.PictureCost;

/// What became of a learner: the full model, and an oracle for each request. Mutable; owns them.
final class Taught implements AutoCloseable {

  private final PictureLearner learner;
  private final List<Erasure> requests;
  private final long seed;
  private final ImageClassifier full;
  private final Map<Integer, ImageClassifier> oracles = new HashMap<>();

  /// @param requests of which the first has everything
  Taught(PictureLearner learner, List<Erasure> requests, long seed) {
    this.learner = learner;
    this.requests = requests;
    this.seed = seed;
    this.full = learner.taught(requests.getFirst().learned(), seed);
  }

  PictureLearner learner() {
    return learner;
  }

  ImageClassifier full() {
    return full;
  }

  /// @param request its place among the requests
  ImageClassifier oracle(int request) {
    return oracles.computeIfAbsent(
        request, _ -> learner.taught(requests.get(request).retain(), seed));
  }

  /// Operations that it takes to teach the oracle of a request.
  double retrainingFlop(int request) {
    var retain = requests.get(request).retain();
    return 3.0
        * PictureCost.forward(full, retain.pixels())
        * retain.size()
        * learner.lessons().passes();
  }

  @Override
  public void close() {
    oracles.values().forEach(ImageClassifier::close);
    full.close();
  }
}
