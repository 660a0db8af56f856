package org.recollect.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// What a classifier makes of labelled pictures, in their order.
///
/// ```java
/// double accuracy = Predictions.of(model, test).accuracy();
/// ```
///
/// @param logits `[pictures][classes]`
/// @param features `[pictures][features]`, what the last linear layer was given
/// @param labels the true classes
public record Predictions(float[][] logits, float[][] features, int[] labels) {
  private static final int ROWS = 200;

  /// Shows the pictures to a model as it is, batch by batch, without recording gradients.
  public static Predictions of(ImageClassifier model, LabelledPictures pictures) {
    if (pictures.size() == 0) {
      throw new IllegalArgumentException("There are no pictures to predict: give at least one.");
    }
    List<float[]> logits = new ArrayList<>();
    List<float[]> features = new ArrayList<>();
    for (int from = 0; from < pictures.size(); from += ROWS) {
      int[] rows = IntStream.range(from, Math.min(from + ROWS, pictures.size())).toArray();
      try (var manager = Torch.manager();
          var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        var seen = model.features(pictures.pictures(manager, rows));
        addRows(Memory.toFloats(seen), rows.length, features);
        addRows(Memory.toFloats(model.head(seen)), rows.length, logits);
      }
    }
    return new Predictions(
        logits.toArray(float[][]::new),
        features.toArray(float[][]::new),
        pictures.items().stream().mapToInt(LabelledPictures.Item::label).toArray());
  }

  private static void addRows(float[] numbers, int count, List<float[]> rows) {
    int columns = numbers.length / count;
    for (int row = 0; row < count; row++) {
      rows.add(Arrays.copyOfRange(numbers, row * columns, (row + 1) * columns));
    }
  }

  /// How many pictures were shown.
  public int size() {
    return labels.length;
  }

  /// The likeliest class of each picture, the first of those that are equally likely.
  public int[] classes() {
    return IntStream.range(0, size()).map(i -> largest(logits[i])).toArray();
  }

  private static int largest(float[] values) {
    int largest = 0;
    for (int i = 1; i < values.length; i++) {
      largest = values[i] > values[largest] ? i : largest;
    }
    return largest;
  }

  /// The share of pictures whose likeliest class is the true one, 0 to 1; higher is better.
  public double accuracy() {
    int[] classes = classes();
    long right = IntStream.range(0, size()).filter(i -> classes[i] == labels[i]).count();
    return (double) right / size();
  }

  /// The cross-entropy of each picture, in nats: the negative logarithm of its true class's
  /// probability.
  public double[] losses() {
    return IntStream.range(0, size())
        .mapToDouble(i -> logOfSum(logits[i]) - logits[i][labels[i]])
        .toArray();
  }

  /// The mean of [#losses], in nats; lower is better, 0 is ideal.
  public double loss() {
    return Arrays.stream(losses()).average().orElseThrow();
  }

  /// The probabilities of the classes, `[pictures][classes]`.
  public double[][] probabilities() {
    var probabilities = new double[size()][];
    for (int i = 0; i < size(); i++) {
      float[] row = logits[i];
      double log = logOfSum(row);
      probabilities[i] =
          IntStream.range(0, row.length).mapToDouble(c -> Math.exp(row[c] - log)).toArray();
    }
    return probabilities;
  }

  /// The logarithm of the sum of the exponentials, safe for large logits.
  private static double logOfSum(float[] logits) {
    double most = logits[largest(logits)];
    double sum = 0;
    for (float logit : logits) {
      sum += Math.exp(logit - most);
    }
    return most + Math.log(sum);
  }
}
