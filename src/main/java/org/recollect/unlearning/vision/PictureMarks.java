package org.recollect.unlearning.vision;

import static org.recollect.unlearning.vision.VisionMeasures.CHANGED;
import static org.recollect.unlearning.vision.VisionMeasures.FORGET_ACCURACY;
import static org.recollect.unlearning.vision.VisionMeasures.FORGET_LOSS;
import static org.recollect.unlearning.vision.VisionMeasures.FORGET_TEST_ACCURACY;
import static org.recollect.unlearning.vision.VisionMeasures.H_MEAN;
import static org.recollect.unlearning.vision.VisionMeasures.LOSS_GAP;
import static org.recollect.unlearning.vision.VisionMeasures.MIA;
import static org.recollect.unlearning.vision.VisionMeasures.MIA_ENTROPY;
import static org.recollect.unlearning.vision.VisionMeasures.MIA_GAP;
import static org.recollect.unlearning.vision.VisionMeasures.OLD_ACCURACY;
import static org.recollect.unlearning.vision.VisionMeasures.RETAIN_ACCURACY;
import static org.recollect.unlearning.vision.VisionMeasures.WEIGHT_DISTANCE;
import static org.recollect.unlearning.vision.VisionMeasures.ZRF;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.train.Predictions;
import org.recollect.unlearning.measure.Auc;
import org.recollect.unlearning.measure.HMean;
import org.recollect.unlearning.measure.LinearProbe;
import org.recollect.unlearning.measure.ZeroRetrainForgetting;

/// The measures of one classifier, each taken only when it is wanted. Owns nothing.
final class PictureMarks {

  private final ImageClassifier model;
  private final ImageClassifier full;
  private final ImageClassifier oracle;
  private final PictureLearner learner;
  private final Erasure last;
  private final LabelledPictures old;
  private final long seed;

  private final Map<Measure, Supplier<double[]>> ofPictures = new LinkedHashMap<>();
  private final Map<Measure, Supplier<Double>> ofAll = new LinkedHashMap<>();

  /// @param requests that have been served
  PictureMarks(
      ImageClassifier model,
      ImageClassifier full,
      ImageClassifier oracle,
      PictureLearner learner,
      List<Erasure> requests,
      long seed) {
    this.model = model;
    this.full = full;
    this.oracle = oracle;
    this.learner = learner;
    this.last = requests.getLast();
    this.old =
        requests.subList(0, requests.size() - 1).stream()
            .map(Erasure::testForget)
            .reduce(last.testForget().where(_ -> false), LabelledPictures::and);
    this.seed = seed;
    ofPictures.put(FORGET_ACCURACY, () -> right(model, last.forget()));
    ofPictures.put(FORGET_TEST_ACCURACY, () -> right(model, last.testForget()));
    ofPictures.put(FORGET_LOSS, () -> losses(model, last.forget()));
    // Before the second request nothing old can come back.
    ofPictures.put(OLD_ACCURACY, () -> old.size() == 0 ? new double[1] : right(model, old));
    ofPictures.put(RETAIN_ACCURACY, () -> right(model, last.testRetain()));
    ofPictures.put(LOSS_GAP, this::lossGaps);
    ofAll.put(H_MEAN, this::harmonicMean);
    ofAll.put(MIA, () -> attack(model));
    ofAll.put(MIA_GAP, () -> Math.abs(attack(model) - attack(oracle)));
    ofAll.put(MIA_ENTROPY, this::takenForMembers);
    ofAll.put(ZRF, this::zeroRetrainForgetting);
    ofAll.put(WEIGHT_DISTANCE, this::distance);
    ofAll.put(CHANGED, this::changed);
  }

  /// What is wanted of all this.
  Outcome outcome(List<Measure> wanted) {
    var outcome = new Outcome(new LinkedHashMap<>());
    for (Measure measure : wanted) {
      if (ofPictures.containsKey(measure)) {
        outcome = outcome.with(measure, ofPictures.get(measure).get());
      } else if (ofAll.containsKey(measure)) {
        outcome = outcome.with(measure, ofAll.get(measure).get());
      }
    }
    return outcome;
  }

  private static double[] right(ImageClassifier model, LabelledPictures pictures) {
    var predictions = Predictions.of(model, pictures);
    int[] classes = predictions.classes();
    return IntStream.range(0, classes.length)
        .mapToDouble(i -> classes[i] == predictions.labels()[i] ? 1 : 0)
        .toArray();
  }

  private static double[] losses(ImageClassifier model, LabelledPictures pictures) {
    // A probability of 1 may miss it by a rounding error.
    return Arrays.stream(Predictions.of(model, pictures).losses())
        .map(loss -> Math.max(0, loss))
        .toArray();
  }

  private double[] lossGaps() {
    double[] now = losses(model, last.forget());
    double[] ideal = losses(oracle, last.forget());
    return IntStream.range(0, now.length).mapToDouble(i -> Math.abs(now[i] - ideal[i])).toArray();
  }

  private double harmonicMean() {
    double before = mean(right(full, last.forget()));
    double after = mean(right(model, last.forget()));
    return HMean.of(before, Math.min(after, before), mean(right(model, last.testRetain())));
  }

  /// Unseen pictures of the same kind, where a kind was forgotten, else any.
  private LabelledPictures unseen() {
    return last.testForget().size() > 0 ? last.testForget() : last.testRetain();
  }

  private double attack(ImageClassifier attacked) {
    return Auc.of(losses(attacked, unseen()), losses(attacked, last.forget()));
  }

  /// Fitted on retained pictures and unseen ones of the same kinds, as in SSD's repository.
  private double takenForMembers() {
    double[][] members = entropies(last.retain());
    double[][] others = entropies(last.testRetain());
    int each = Math.min(members.length, others.length);
    double[][] features =
        Stream.concat(Arrays.stream(members).limit(each), Arrays.stream(others).limit(each))
            .toArray(double[][]::new);
    int[] labels = new int[2 * each];
    Arrays.fill(labels, 0, each, 1);
    var probe = LinearProbe.fit(features, labels, LinearProbe.L2);
    int[] wanted = new int[last.forget().size()];
    Arrays.fill(wanted, 1);
    return probe.accuracy(entropies(last.forget()), wanted);
  }

  private double[][] entropies(LabelledPictures pictures) {
    return Arrays.stream(Predictions.of(model, pictures).probabilities())
        .map(row -> new double[] {Arrays.stream(row).map(p -> p > 0 ? -p * Math.log(p) : 0).sum()})
        .toArray(double[][]::new);
  }

  /// Against a model of the same kind that has learned nothing.
  private double zeroRetrainForgetting() {
    try (var random = learner.beginner(last.forget(), seed + 1)) {
      return ZeroRetrainForgetting.of(
          logs(Predictions.of(model, last.forget())), logs(Predictions.of(random, last.forget())));
    }
  }

  private static double[][] logs(Predictions predictions) {
    return Arrays.stream(predictions.probabilities())
        .map(row -> Arrays.stream(row).map(Math::log).toArray())
        .toArray(double[][]::new);
  }

  private double distance() {
    double squares = 0;
    for (float[][] pair : pairs(oracle)) {
      for (int i = 0; i < pair[0].length; i++) {
        double difference = (double) pair[0][i] - pair[1][i];
        squares += difference * difference;
      }
    }
    return Math.sqrt(squares);
  }

  private double changed() {
    long different = 0;
    long all = 0;
    for (float[][] pair : pairs(full)) {
      all += pair[0].length;
      for (int i = 0; i < pair[0].length; i++) {
        different += pair[0][i] == pair[1][i] ? 0 : 1;
      }
    }
    return 100.0 * different / all;
  }

  /// The learned weights of the model beside those of another.
  private List<float[][]> pairs(ImageClassifier other) {
    var pairs = new ArrayList<float[][]>();
    model
        .weights()
        .asMap()
        .forEach((name, weight) -> {
          if (model.learns(name)) {
            pairs.add(
                new float[][] {
                  Memory.toFloats(weight), Memory.toFloats(other.weights().get(name))
                });
          }
        });
    return pairs;
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElseThrow();
  }
}
