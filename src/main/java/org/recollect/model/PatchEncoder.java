package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A joint encoder of small pictures and words: both become unit vectors of one space, in which the
/// cosine of a picture and a word says whether the word is true of the picture.
///
/// A picture goes through two linear maps with a [silu][Ops#silu] between, a word is a row of a
/// table. Both are brought to length 1. The logit that a word is true of a picture is `scale * cos
/// + bias`, as in SigLIP (Zhai et al., "Sigmoid Loss for Language Image Pre-Training", 2023,
///   section 3.2); `org.recollect.train.SigmoidPairs` trains it. Owns its weights.
public final class PatchEncoder implements AutoCloseable {
  private static final String WORDS = "words.weight";

  private final Weights weights;
  private final List<String> vocabulary;

  /// @param weights of [#random], trained or not
  /// @param vocabulary the words by row
  /// @throws IllegalArgumentException if the two do not fit together
  public PatchEncoder(Weights weights, List<String> vocabulary) {
    if (weights.get(WORDS).getShape().get(0) != vocabulary.size()) {
      throw new IllegalArgumentException(
          "The encoder has %d words, but the vocabulary %d: take both from the same training."
              .formatted(weights.get(WORDS).getShape().get(0), vocabulary.size()));
    }
    this.weights = weights;
    this.vocabulary = List.copyOf(vocabulary);
  }

  /// An encoder that has learned nothing: normal weights, scale 10 and bias -10, so that at first
  /// it takes no word to be true (Zhai et al., section 3.2).
  ///
  /// @param numbers of a picture
  /// @param hidden width between the two maps
  /// @param dimensions of the common space
  public static PatchEncoder random(
      List<String> vocabulary, int numbers, int hidden, int dimensions, RandomStream random) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      arrays.put("patch.in.weight", normal(manager, random, "in", hidden, numbers));
      arrays.put("patch.in.bias", manager.zeros(new Shape(hidden)));
      arrays.put("patch.out.weight", normal(manager, random, "out", dimensions, hidden));
      arrays.put(WORDS, normal(manager, random, "words", vocabulary.size(), dimensions));
      arrays.put("scale", manager.full(new Shape(1), 10f));
      arrays.put("bias", manager.full(new Shape(1), -10f));
      return new PatchEncoder(Weights.of(arrays), vocabulary);
    }
  }

  private static NDArray normal(
      NDManager manager, RandomStream random, String name, int rows, int columns) {
    return random.split(name).gaussian(manager, new Shape(rows, columns), 1 / Math.sqrt(columns));
  }

  public Weights weights() {
    return weights;
  }

  /// The words by row.
  public List<String> vocabulary() {
    return vocabulary;
  }

  /// Length of the vectors.
  public int dimensions() {
    return (int) weights.get(WORDS).getShape().get(1);
  }

  /// The row of a word.
  ///
  /// @throws IllegalArgumentException when the vocabulary lacks it
  public int row(String word) {
    int row = vocabulary.indexOf(word);
    if (row < 0) {
      throw new IllegalArgumentException(
          "The encoder does not know the word '%s'; it knows %s.".formatted(word, vocabulary));
    }
    return row;
  }

  /// The logits that each word is true of each picture, differentiable.
  ///
  /// @param pictures `[n][numbers]`
  /// @return `[n][words]`
  public NDArray logits(NDArray pictures) {
    var cosines = Ops.linear(patches(pictures), unit(weights.get(WORDS)));
    return cosines.mul(weights.get("scale")).add(weights.get("bias"));
  }

  /// The vectors of pictures `[n][numbers]`, differentiable: `[n][dimensions]`.
  private NDArray patches(NDArray pictures) {
    var hidden =
        Ops.silu(
            Ops.linear(pictures, weights.get("patch.in.weight")).add(weights.get("patch.in.bias")));
    return unit(Ops.linear(hidden, weights.get("patch.out.weight")));
  }

  private static NDArray unit(NDArray rows) {
    return rows.mul(Ops.rsqrt(Ops.square(rows).sum(new int[] {-1}, true).add(1e-12)));
  }

  /// The unit vectors of pictures.
  ///
  /// @param pictures `[pictures][rows][columns][channels]`
  /// @return `[pictures][dimensions]`
  public float[][] encode(float[][][][] pictures) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      float[] numbers = flat(pictures);
      int each = numbers.length / pictures.length;
      long wanted = weights.get("patch.in.weight").getShape().get(1);
      if (each != wanted) {
        throw new IllegalArgumentException(
            "The encoder reads pictures of %d numbers, not %d: take the size it was trained on."
                .formatted(wanted, each));
      }
      return rows(patches(Memory.ofFloats(manager, numbers, pictures.length, each)));
    }
  }

  /// The unit vectors of words.
  ///
  /// @return by word, `[dimensions]` each
  public Map<String, float[]> words() {
    try (var _ = Torch.newScope()) {
      float[][] rows = rows(unit(weights.get(WORDS)));
      var words = new LinkedHashMap<String, float[]>();
      for (int row = 0; row < rows.length; row++) {
        words.put(vocabulary.get(row), rows[row]);
      }
      return words;
    }
  }

  /// The numbers of pictures of one size, one after another.
  public static float[] flat(float[][][][] pictures) {
    float[][][] first = pictures[0];
    float[] flat = new float[pictures.length * first.length * first[0].length * first[0][0].length];
    int at = 0;
    for (float[][][] picture : pictures) {
      for (float[][] row : picture) {
        for (float[] pixel : row) {
          System.arraycopy(pixel, 0, flat, at, pixel.length);
          at += pixel.length;
        }
      }
    }
    return flat;
  }

  private static float[][] rows(NDArray matrix) {
    float[] numbers = Memory.toFloats(matrix);
    int columns = (int) matrix.getShape().get(1);
    var rows = new float[numbers.length / columns][columns];
    for (int i = 0; i < numbers.length; i++) {
      rows[i / columns][i % columns] = numbers[i];
    }
    return rows;
  }

  @Override
  public void close() {
    weights.close();
  }
}
