package org.recollect.unlearning.vision;

import static org.recollect.unlearning.vision.VisionMeasures.ACTIVE_BLOCKS;
import static org.recollect.unlearning.vision.VisionMeasures.BLOCK_CHANGE;
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
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Measure;
import org.recollect.lab.Outcome;
import org.recollect.lab.Readings;
import org.recollect.model.Adaptable;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.train.Predictions;
import org.recollect.unlearning.measure.Auc;
import org.recollect.unlearning.measure.HMean;
import org.recollect.unlearning.measure.LinearProbe;
import org.recollect.unlearning.measure.ZeroRetrainForgetting;

/// The measures of one classifier, each taken only when it is wanted. Owns nothing.
final class PictureMarks {

  /// Of the repository's script that counts the groups which are left.
  private static final double ACTIVE = 1e-3;

  private final ImageClassifier model;
  private final ImageClassifier before;
  private final ImageClassifier full;
  private final ImageClassifier oracle;
  private final PictureLearner learner;
  private final Erasure last;
  private final LabelledPictures old;
  private final long seed;

  private final Readings readings = new Readings();

  /// @param before the model that came with the last request
  /// @param requests that have been served
  PictureMarks(
      ImageClassifier model,
      ImageClassifier before,
      ImageClassifier full,
      ImageClassifier oracle,
      PictureLearner learner,
      List<Erasure> requests,
      long seed) {
    this.model = model;
    this.before = before;
    this.full = full;
    this.oracle = oracle;
    this.learner = learner;
    this.last = requests.getLast();
    this.old =
        requests.subList(0, requests.size() - 1).stream()
            .map(Erasure::testForget)
            .reduce(last.testForget().where(_ -> false), LabelledPictures::and);
    this.seed = seed;
    readings.each(FORGET_ACCURACY, () -> right(model, last.forget()));
    readings.each(FORGET_TEST_ACCURACY, () -> right(model, last.testForget()));
    readings.each(FORGET_LOSS, () -> losses(model, last.forget()));
    // Before the second request nothing old can come back.
    readings.each(OLD_ACCURACY, () -> old.size() == 0 ? new double[1] : right(model, old));
    readings.each(RETAIN_ACCURACY, () -> right(model, last.testRetain()));
    readings.each(LOSS_GAP, this::lossGaps);
    readings.each(BLOCK_CHANGE, this::blockChanges);
    readings.each(
        ACTIVE_BLOCKS,
        () -> Arrays.stream(blockChanges()).map(change -> change > ACTIVE ? 1 : 0).toArray());
    readings.all(H_MEAN, this::harmonicMean);
    readings.all(MIA, () -> attack(model));
    readings.all(MIA_GAP, () -> Math.abs(attack(model) - attack(oracle)));
    readings.all(MIA_ENTROPY, this::takenForMembers);
    readings.all(ZRF, this::zeroRetrainForgetting);
    readings.all(WEIGHT_DISTANCE, this::distance);
    readings.all(CHANGED, this::changed);
  }

  /// What is wanted of all this.
  Outcome outcome(List<Measure> wanted) {
    return readings.outcome(wanted);
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

  /// By unseen pictures on both sides, where a kind was forgotten.
  private double harmonicMean() {
    var gone = last.testForget().size() > 0 ? last.testForget() : last.forget();
    double known = mean(right(before, gone));
    double left = mean(right(model, gone));
    return HMean.of(known, Math.min(left, known), mean(right(model, last.testRetain())));
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
    // Not the bad teacher itself, from whom an arm may have learned.
    try (var random = learner.beginner(last.forget(), seed + 2)) {
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
    return Math.sqrt(pairs(oracle).stream().mapToDouble(PictureMarks::squares).sum());
  }

  private static double squares(float[][] pair) {
    return IntStream.range(0, pair[0].length)
        .mapToDouble(i -> (double) pair[0][i] - pair[1][i])
        .map(difference -> difference * difference)
        .sum();
  }

  private double[] blockChanges() {
    var squares = new LinkedHashMap<String, Double>();
    model
        .weights()
        .asMap()
        .forEach((name, weight) ->
            Adaptable.block(name)
                .ifPresent(block -> {
                  float[][] pair = {
                    Memory.toFloats(weight), Memory.toFloats(before.weights().get(name))
                  };
                  squares.merge(block, squares(pair), Double::sum);
                }));
    return squares.values().stream().mapToDouble(Math::sqrt).toArray();
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
