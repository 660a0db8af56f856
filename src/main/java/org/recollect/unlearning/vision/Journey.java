package org.recollect.unlearning.vision;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.recollect.lab.Meter;
import org.recollect.model.ImageClassifier;

/// An arm on its way from request to request. What it has served it does not serve again when a
/// later trial goes on from there: that trial is charged the operations spent so far, but not the
/// time. Mutable; owns all its stages.
final class Journey implements AutoCloseable {
  private final Taught taught;
  private final List<Stage> stages = new ArrayList<>();

  /// @param taught where it begins; not owned
  Journey(Taught taught) {
    this.taught = taught;
  }

  /// A request that has been served.
  ///
  /// @param steps of this and all earlier requests
  /// @param flop of the same
  record Stage(Erasing erasing, int steps, double flop) {

    ImageClassifier classifier() {
      return erasing.classifier();
    }
  }

  Taught taught() {
    return taught;
  }

  /// The model that comes with a request.
  ///
  /// @param request its place among the requests, 0 to [#length]
  ImageClassifier before(int request) {
    return request == 0 ? taught.full() : after(request).classifier();
  }

  /// How many requests have been served.
  int length() {
    return stages.size();
  }

  /// @param served how many requests, 1 to [#length]
  Stage after(int served) {
    return stages.get(served - 1);
  }

  /// Serves the next request.
  ///
  /// @param erasing begun; owned from now on
  /// @param leading gives the number of steps
  /// @param meter that has taken down all earlier requests
  void serve(Erasing erasing, ToIntFunction<Erasing> leading, Meter meter) {
    int before = stages.isEmpty() ? 0 : stages.getLast().steps;
    try {
      int steps = leading.applyAsInt(erasing);
      stages.add(new Stage(erasing, before + steps, meter.read().flop()));
    } finally {
      if (stages.isEmpty() || stages.getLast().erasing != erasing) {
        erasing.close();
      }
    }
  }

  @Override
  public void close() {
    stages.reversed().forEach(stage -> stage.erasing.close());
  }
}
