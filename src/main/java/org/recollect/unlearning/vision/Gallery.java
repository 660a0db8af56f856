package org.recollect.unlearning.vision;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Settings;
import org.recollect.lab.Trial;
import org.recollect.model.ImageClassifier;
import org.recollect.train.Predictions;
import org.recollect.unlearning.Lead;
import org.recollect.unlearning.UnlearningMeasures;

/// What the trials of one seed share: the full model and an oracle for each request. Mutable; owns
/// them.
final class Gallery implements Bench<Eraser> {

  private final ErasureStudy.Nouns nouns;
  private final int seed;
  private final ImageClassifier full;
  private final Map<Integer, ImageClassifier> oracles = new HashMap<>();

  Gallery(ErasureStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
    this.full = nouns.learner().taught(nouns.first().learned(), seed);
  }

  @Override
  public Outcome outcome(Trial<Eraser> trial, Meter meter) {
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
                nouns.learner(),
                seed,
                meter,
                () -> retrained(number, meter));
        var path = trial.arm().begin(request);
        paths.add(path);
        steps +=
            lead(trial, settings, index)
                .along(path::advance, () -> probability(path.classifier(), erasure.forget()));
      }
      var last = paths.getLast();
      var before = requests == 1 ? full : paths.get(requests - 2).classifier();
      double trained = 100.0 * last.trained() / full.weights().parameters();
      double cost = 100 * meter.read().flop() / retrainingFlop(requests - 1);
      return new PictureMarks(
              last.classifier(),
              before,
              full,
              oracle(requests - 1),
              nouns.learner(),
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

  private Lead lead(Trial<Eraser> trial, Settings settings, int request) {
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
        probability(full, forget),
        probability(oracle(request), forget),
        most);
  }

  /// The geometric mean of the true classes' probabilities.
  private static double probability(ImageClassifier model, LabelledPictures pictures) {
    return Math.exp(-Predictions.of(model, pictures).loss());
  }

  private ImageClassifier retrained(int request, Meter meter) {
    meter.flop(retrainingFlop(request));
    return oracle(request);
  }

  private ImageClassifier oracle(int request) {
    return oracles.computeIfAbsent(
        request, _ -> nouns.learner().taught(nouns.requests().get(request).retain(), seed));
  }

  private double retrainingFlop(int request) {
    var retain = nouns.requests().get(request).retain();
    return 3
        * PictureCost.forward(full, retain)
        * retain.size()
        * nouns.learner().lessons().epochs();
  }

  @Override
  public void close() {
    oracles.values().forEach(ImageClassifier::close);
    full.close();
  }
}
