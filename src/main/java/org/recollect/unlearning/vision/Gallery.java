package org.recollect.unlearning.vision;

import java.util.HashMap;
import java.util.List;
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

/// What the trials of one seed share: the full model, an oracle for each request, and what arms
/// have served of several requests. Mutable; owns all of it.
final class Gallery implements Bench<Eraser> {

  private final ErasureStudy.Nouns nouns;
  private final int seed;
  private final ImageClassifier full;
  private final Map<Integer, ImageClassifier> oracles = new HashMap<>();

  /// Of arms, by name and settings, that have requests before them.
  private final Map<List<Object>, Journey> journeys = new HashMap<>();

  Gallery(ErasureStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
    this.full = nouns.learner().taught(nouns.first().learned(), seed);
  }

  @Override
  public Outcome outcome(Trial<Eraser> trial, Meter meter) {
    int requests = trial.settings().count(ErasureStudy.REQUEST, nouns.requests().size());
    var road = trial.settings().only(name -> !name.equals(ErasureStudy.REQUEST));
    var key = List.of(trial.arm().name(), road);
    var journey = journeys.computeIfAbsent(key, _ -> new Journey());
    try {
      int served = Math.min(journey.length(), requests);
      if (served > 0) {
        meter.flop(journey.after(served).flop());
      }
      for (int request = served; request < requests; request++) {
        serve(trial, request, journey, meter);
      }
      return marked(journey, requests, trial);
    } finally {
      if (requests == nouns.requests().size()) {
        journeys.remove(key).close();
      }
    }
  }

  private void serve(Trial<Eraser> trial, int number, Journey journey, Meter meter) {
    var erasure = nouns.requests().get(number);
    var request =
        new PictureRequest(
            before(journey, number),
            erasure.forget(),
            erasure.retain(),
            nouns.learner(),
            seed,
            meter,
            () -> retrained(number, meter));
    journey.serve(
        trial.arm().begin(request),
        erasing ->
            lead(trial, trial.settings(), number)
                .along(erasing::advance, () -> probability(erasing.classifier(), erasure.forget())),
        meter);
  }

  /// @param number of the request, from 0
  private ImageClassifier before(Journey journey, int number) {
    return number == 0 ? full : journey.after(number).classifier();
  }

  private Outcome marked(Journey journey, int requests, Trial<Eraser> trial) {
    var last = journey.after(requests);
    double trained = 100.0 * last.erasing().trained() / full.weights().parameters();
    return new PictureMarks(
            last.classifier(),
            before(journey, requests - 1),
            full,
            oracle(requests - 1),
            nouns.learner(),
            nouns.requests().subList(0, requests),
            seed)
        .outcome(trial.measures())
        .with(UnlearningMeasures.STEPS, last.steps())
        .with(UnlearningMeasures.COST, 100 * last.flop() / retrainingFlop(requests - 1))
        .with(VisionMeasures.TRAINED, trained);
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
    journeys.values().forEach(Journey::close);
    oracles.values().forEach(ImageClassifier::close);
    full.close();
  }
}
