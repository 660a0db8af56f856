package org.recollect.unlearning.analytic;

import java.util.Arrays;
import java.util.List;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Trial;
import org.recollect.model.RandomFeatures;
import org.recollect.train.Predictions;

/// What the trials of one seed share: what the backbone makes of the pictures, and the room of the
/// trials that run now. Mutable; owns the room.
final class HeadGallery implements Bench<HeadEraser> {
  private static final int FEATURES = 256;
  private static final double GAMMA = 1;

  private final AnalyticStudy.Nouns nouns;
  private final int seed;
  private final Labelled train;
  private final Labelled test;
  private Size size;
  private HeadRoom room;

  private record Size(int features, double gamma) {}

  HeadGallery(AnalyticStudy.Nouns nouns, int seed) {
    this.nouns = nouns;
    this.seed = seed;
    try (var backbone = nouns.learner().taught(nouns.pictures(), seed)) {
      train = labelled(Predictions.of(backbone, nouns.train()));
      test = labelled(Predictions.of(backbone, nouns.test()));
    }
  }

  private static Labelled labelled(Predictions predictions) {
    double[][] rows = new double[predictions.size()][];
    Arrays.setAll(
        rows,
        i -> {
          double[] row = new double[predictions.features()[i].length];
          Arrays.setAll(row, f -> predictions.features()[i][f]);
          return row;
        });
    return new Labelled(rows, predictions.labels());
  }

  /// What the requests take of each arm at the usual size.
  HeadTimes times(List<HeadEraser> arms, int rounds) {
    return room(new Size(FEATURES, GAMMA)).times(arms, rounds);
  }

  @Override
  public Outcome outcome(Trial<HeadEraser> trial, Meter meter) {
    var settings = trial.settings();
    int requests = settings.count(AnalyticStudy.REQUEST, nouns.deletions().size());
    int features =
        settings.has(AnalyticStudy.FEATURES) ? settings.integer(AnalyticStudy.FEATURES) : FEATURES;
    double gamma = settings.has(AnalyticStudy.GAMMA) ? settings.number(AnalyticStudy.GAMMA) : GAMMA;
    return room(new Size(features, gamma)).outcome(trial, requests, meter);
  }

  private HeadRoom room(Size wanted) {
    if (!wanted.equals(size)) {
      close();
      var expansion = RandomFeatures.of(train.rows()[0].length, wanted.features, seed).withBias();
      var course =
          new Course(
              new Labelled(expansion.expand(train.rows()), train.labels()),
              nouns.train().classes().size(),
              nouns.perTask(),
              wanted.gamma,
              seed);
      room =
          new HeadRoom(
              course,
              new Labelled(expansion.expand(test.rows()), test.labels()),
              nouns.deletions().draw(train.labels(), seed));
      size = wanted;
    }
    return room;
  }

  @Override
  public void close() {
    if (room != null) {
      room.close();
      room = null;
      size = null;
    }
  }
}
