package org.recollect.unlearning.vision;

import java.util.HashMap;
import java.util.List;
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

/// What the trials of one seed share: all models that are taught, and what arms have served of
/// several requests. Mutable; owns them.
final class Gallery implements Bench<Eraser> {

  private final ErasureStudy.Nouns nouns;
  private final int seed;
  private final Map<PictureLearner, Taught> all = new HashMap<>();

  /// Of arms, by name and settings, that have requests before them.
  private final Map<List<Object>, Journey> journeys = new HashMap<>();

  Gallery(ErasureStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
  }

  @Override
  public Outcome outcome(Trial<Eraser> trial, Meter meter) {
    int requests = trial.settings().count(ErasureStudy.REQUEST, nouns.requests().size());
    var road = trial.settings().only(name -> !name.equals(ErasureStudy.REQUEST));
    var key = List.of(trial.arm().name(), road);
    var taught = taught(trial.arm().learner(nouns.learner()));
    var journey = journeys.computeIfAbsent(key, _ -> new Journey(taught));
    try {
      int served = Math.min(journey.length(), requests);
      if (served > 0) {
        meter.flop(journey.after(served).flop());
      }
      for (int request = served; request < requests; request++) {
        serve(trial, request, journey, meter);
      }
      return marked(trial, requests, journey);
    } finally {
      if (requests == nouns.requests().size()) {
        journeys.remove(key).close();
      }
    }
  }

  private Taught taught(PictureLearner learner) {
    return all.computeIfAbsent(learner, _ -> new Taught(learner, nouns.requests(), seed));
  }

  private void serve(Trial<Eraser> trial, int number, Journey journey, Meter meter) {
    var erasure = nouns.requests().get(number);
    var taught = journey.taught();
    var request =
        new PictureRequest(
            journey.before(number),
            erasure.forget(),
            erasure.retain(),
            taught.learner(),
            seed,
            meter,
            () -> retrained(taught, number, meter));
    journey.serve(
        trial.arm().begin(request),
        erasing ->
            lead(trial, taught, number)
                .along(erasing::advance, () -> probability(erasing.classifier(), erasure.forget())),
        meter);
  }

  private Outcome marked(Trial<Eraser> trial, int requests, Journey journey) {
    var taught = journey.taught();
    var last = journey.after(requests);
    double trained = 100.0 * last.erasing().trained() / taught.full().weights().parameters();
    double cost = 100 * last.flop() / taught.retrainingFlop(requests - 1);
    return new PictureMarks(
            last.classifier(),
            journey.before(requests - 1),
            taught.full(),
            taught.oracle(requests - 1),
            taught.learner(),
            nouns.requests().subList(0, requests),
            seed)
        .outcome(trial.measures())
        .with(UnlearningMeasures.STEPS, last.steps())
        .with(UnlearningMeasures.COST, cost)
        .with(VisionMeasures.TRAINED, trained);
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
    journeys.values().forEach(Journey::close);
    all.values().forEach(Taught::close);
  }
}
