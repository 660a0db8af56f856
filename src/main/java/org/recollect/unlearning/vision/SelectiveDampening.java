package org.recollect.unlearning.vision;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.LabelledPictures;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;
import org.recollect.train.WeightImportance;

/// Selective synaptic dampening, SSD (Foster, Schoepf & Brintrup, "Fast Machine Unlearning Without
/// Retraining Through Selective Synaptic Dampening", 2023, arXiv:2308.07707): what matters far more
/// for the pictures to forget than for all is shrunk, once.
///
/// With the importance `F_D` of each weight for all that was learned and `F_f` for what is to be
/// forgotten, both diagonals of the Fisher information ([WeightImportance]):
///
/// 1. a weight is selected where `F_f > alpha F_D`;
/// 2. a selected one becomes `w <- w min(lambda F_D / F_f, 1)`; the others stay as they are.
///
/// *Limit of alpha.* The forget set is part of all: each of its pictures has its share `1 / |D|` in
/// `F_D`, hence `F_f / F_D <= |D| / |D_f|`, whatever the model. From this limit on nothing can be
/// selected, and the exact method refuses such an alpha: a row of the unchanged model would read as
/// a result. With classes of equal size the limit of one class is the number of classes: the
/// paper's alpha of 10 needs more than ten (the limit is ours, inferred). `F_D` of batches has no
/// such limit, and there any alpha is taken.
///
/// *Defaults.* The paper's repository has alpha 10 and lambda 1 for a ResNet-18, alpha 5 for a ViT
/// that forgets a class, alpha 50 and lambda 0.1 for faces. It squares mean gradients of batches of
/// 64, and its loader of all pictures joins one class after another and does not shuffle them, so
/// that nearly every batch is of one class. Here one picture at a time is the rule, for which the
/// limit holds and order does not matter; [#batches] mixes the classes, and with [#unshuffled] it
/// is the repository's way.
///
/// *Cost.* One pass over all, one over the forget set, forward and backward. The former is kept in
/// the cache folder, and could be computed when the model is made; it is taken down all the same.
///
/// @param name as tables show it
/// @param alpha how many times as important a selected weight is, above 0
/// @param lambda of the dampening, above 0; less dampens more
/// @param importance by which weights are compared
/// @param rows pictures whose mean gradient counts as one; 1 for the exact importance
/// @param neighbours whether these are neighbours in their set, instead of drawn at random
/// @param elsewhere whether as many weights of each array, by the same factors, are dampened at
///   random instead: the control
public record SelectiveDampening(
    String name,
    double alpha,
    double lambda,
    Importance importance,
    int rows,
    boolean neighbours,
    boolean elsewhere)
    implements Eraser {

  /// By what weights are compared.
  public enum Importance {
    /// The diagonal Fisher information: needs labels.
    FISHER,
    /// The sensitivity of the logits' length, for which no labels are needed: LFSSD (Foster et al.,
    /// "Loss-Free Machine Unlearning", 2024, arXiv:2402.19308).
    SENSITIVITY
  }

  public SelectiveDampening {
    if (!(alpha > 0 && lambda > 0 && alpha < Double.POSITIVE_INFINITY) || rows < 1) {
      throw new IllegalArgumentException(
          "Dampening has an alpha and a lambda above 0 and batches of at least one picture; got %s, %s and %d."
              .formatted(alpha, lambda, rows));
    }
  }

  /// With exact Fisher information.
  public SelectiveDampening(double alpha, double lambda) {
    this("SSD, alpha " + shown(alpha), alpha, lambda, Importance.FISHER, 1, false, false);
  }

  private static String shown(double value) {
    return value == Math.rint(value) ? "%.0f".formatted(value) : Double.toString(value);
  }

  /// The same under another name.
  public SelectiveDampening named(String name) {
    return new SelectiveDampening(name, alpha, lambda, importance, rows, neighbours, elsewhere);
  }

  /// The same by the mean gradients of batches, drawn at random.
  public SelectiveDampening batches(int rows) {
    return new SelectiveDampening(
        name + ", batches of " + rows, alpha, lambda, importance, rows, neighbours, elsewhere);
  }

  /// The same with batches of neighbours: of one class where pictures stand class by class.
  public SelectiveDampening unshuffled() {
    return new SelectiveDampening(
        name + ", unshuffled", alpha, lambda, importance, rows, true, elsewhere);
  }

  /// The same without labels.
  public SelectiveDampening lossFree() {
    return new SelectiveDampening(
        name.replace("SSD", "LFSSD"),
        alpha,
        lambda,
        Importance.SENSITIVITY,
        rows,
        neighbours,
        elsewhere);
  }

  /// As much dampening of weights drawn at random, in the same arrays.
  public SelectiveDampening atRandom() {
    return new SelectiveDampening(
        name + ", at random", alpha, lambda, importance, rows, neighbours, true);
  }

  @Override
  public String series() {
    return name.replace(", alpha " + shown(alpha), "");
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "alpha",
        alpha,
        "lambda",
        lambda,
        "importance",
        importance,
        "rows",
        rows,
        "neighbours",
        neighbours,
        "elsewhere",
        elsewhere);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    requireLimit(request.retain().size() + request.forget().size(), request.forget().size());
    return Erasing.atOnce(request.copy(), model -> dampen(model, request));
  }

  private void requireLimit(int all, int forget) {
    double limit = (double) all / forget;
    if (rows == 1 && alpha >= limit) {
      throw new IllegalArgumentException(
          "With alpha %s nothing can be dampened: %,d of %,d pictures are at most %.4g times as important as all are; choose alpha below that."
              .formatted(shown(alpha), forget, all, limit));
    }
  }

  private void dampen(ImageClassifier model, PictureRequest request) {
    request.learnedFrom(request.retain().size() + request.forget().size());
    request.learnedFrom(request.forget().size());
    var all = ordered(request.retain().and(request.forget()), request.seed());
    var forget = ordered(request.forget(), request.seed());
    try (var ofAll =
            request.kept(
                "%s of %s by %d".formatted(importance, all.digest(), rows),
                () -> importance(model, all));
        var ofForget = importance(model, forget)) {
      model
          .trainable()
          .asMap()
          .forEach((name, weight) -> {
            float[] factors =
                factors(Memory.toFloats(ofAll.get(name)), Memory.toFloats(ofForget.get(name)));
            if (elsewhere) {
              factors = shuffled(factors, RandomStream.of(request.seed(), "dampened", name));
            }
            float[] values = Memory.toFloats(weight);
            for (int i = 0; i < values.length; i++) {
              values[i] *= factors[i];
            }
            Memory.write(weight, values);
          });
    }
  }

  private LabelledPictures ordered(LabelledPictures pictures, long seed) {
    return rows == 1 || neighbours ? pictures : pictures.shuffled(RandomStream.of(seed, "batches"));
  }

  private Weights importance(ImageClassifier model, LabelledPictures pictures) {
    return switch (importance) {
      case FISHER -> WeightImportance.fisher(model, pictures, rows);
      case SENSITIVITY -> WeightImportance.sensitivity(model, pictures, rows);
    };
  }

  /// What each weight is multiplied with: 1 where it is not selected.
  ///
  /// @param all importance for all pictures `[weights]`
  /// @param forget importance for those to forget `[weights]`
  float[] factors(float[] all, float[] forget) {
    float[] factors = new float[all.length];
    Arrays.fill(factors, 1);
    for (int i = 0; i < all.length; i++) {
      if (forget[i] > alpha * all[i]) {
        factors[i] = (float) Math.min(lambda * all[i] / forget[i], 1);
      }
    }
    return factors;
  }

  /// The ratios `F_f / F_D` by the name of each array, of the weights that anything depends on.
  ///
  /// @param forget importance for what is to be forgotten
  /// @param all importance for all that was learned
  public static Map<String, double[]> ratios(Weights forget, Weights all) {
    var ratios = new LinkedHashMap<String, double[]>();
    all.asMap()
        .forEach((name, array) -> {
          float[] above = Memory.toFloats(forget.get(name));
          float[] below = Memory.toFloats(array);
          ratios.put(
              name,
              IntStream.range(0, below.length)
                  .filter(i -> below[i] > 0)
                  .mapToDouble(i -> (double) above[i] / below[i])
                  .toArray());
        });
    return ratios;
  }

  private static float[] shuffled(float[] values, RandomStream random) {
    int[] order = random.indices(values.length, values.length);
    float[] shuffled = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      shuffled[i] = values[order[i]];
    }
    return shuffled;
  }
}
