package org.recollect.unlearning.vision;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Trial;
import org.recollect.model.ImageClassifier;
import org.recollect.train.Predictions;
import org.recollect.unlearning.Lead;
import org.recollect.unlearning.UnlearningMeasures;

/// What the trials of one seed share: all models that are taught. Mutable; owns them.
final class Gallery implements Bench<Eraser> {

  private final ErasureStudy.Nouns nouns;
  private final int seed;
  private final Map<PictureLearner, Taught> all = new HashMap<>();

  Gallery(ErasureStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
  }

  @Override
  public Outcome outcome(Trial<Eraser> trial, Meter meter) {
    var learner = trial.arm().learner(nouns.learner());
    var taught = all.computeIfAbsent(learner, _ -> new Taught(learner, nouns.requests(), seed));
    var full = taught.full();
    var settings = trial.settings();
    int requests = settings.count(ErasureStudy.REQUEST, nouns.requests().size());
    var paths = new ArrayList<Erasing>();
    try {
      int steps = 0;
      for (int index = 0; index < requests; index++) {
        int number = index;
        var erasure = nouns.requests().get(index);
        var model = paths.isEmpty() ? full : paths.getLast().classifier();
        var request =
            new PictureRequest(
                model,
                erasure.forget(),
                erasure.retain(),
                learner,
                seed,
                meter,
                () -> retrained(taught, number, meter));
        var path = trial.arm().begin(request);
        paths.add(path);
        steps +=
            lead(trial, taught, index)
                .along(path::advance, () -> probability(path.classifier(), erasure.forget()));
      }
      var last = paths.getLast();
      var before = requests == 1 ? full : paths.get(requests - 2).classifier();
      double trained = 100.0 * last.trained() / full.weights().parameters();
      double cost = 100 * meter.read().flop() / taught.retrainingFlop(requests - 1);
      return new PictureMarks(
              last.classifier(),
              before,
              full,
              taught.oracle(requests - 1),
              learner,
              nouns.requests().subList(0, requests),
              seed)
          .outcome(trial.measures())
          .with(UnlearningMeasures.STEPS, steps)
          .with(UnlearningMeasures.COST, cost)
          .with(VisionMeasures.TRAINED, trained);
    } finally {
      paths.reversed().forEach(Erasing::close);
    }
  }

  private Lead lead(Trial<Eraser> trial, Taught taught, int request) {
    var settings = trial.settings();
    if (settings.has(ErasureStudy.STEPS)) {
      return Lead.steps((int) settings.number(ErasureStudy.STEPS));
    }
    int most = nouns.most(trial.scale());
    if (!settings.has(ErasureStudy.FORGOTTEN)) {
      return Lead.steps(most);
    }
    var forget = nouns.requests().get(request).forget();
    return Lead.towards(
        settings.number(ErasureStudy.FORGOTTEN),
        probability(taught.full(), forget),
        probability(taught.oracle(request), forget),
        most);
  }

  /// The geometric mean of the true classes' probabilities.
  private static double probability(ImageClassifier model, LabelledPictures pictures) {
    return Math.exp(-Predictions.of(model, pictures).loss());
  }

  private static ImageClassifier retrained(Taught taught, int request, Meter meter) {
    meter.flop(taught.retrainingFlop(request));
    return taught.oracle(request);
  }

  @Override
  public void close() {
    all.values().forEach(Taught::close);
  }
}
