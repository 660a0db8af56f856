package org.recollect.retrieval.search;

import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.lab.Fingerprint;
import org.recollect.tensor.RandomStream;

/// Vectors of texts that were learned from a library alone: latent semantic analysis (Deerwester
/// and others, "Indexing by Latent Semantic Analysis", 1990) of words and runs of 3 to 5
/// characters. Immutable.
///
/// With a feature's count `c` in a text, and in `n` of `N` passages, its weight is
///
/// `(1 + ln c) (1 + ln((1 + N) / (1 + n)))`
///
/// Texts of length 1 in these weights are the rows of a sparse matrix, and its leading right
/// singular vectors the axes of the embedding, which is brought to length 1 again. Features that
/// the library does not have count for nothing; a text of such features only is all zeros.
public final class Embedder implements Encoder {

  /// An embedder yet to be fitted.
  ///
  /// @param dimensions at least 1, 256 by default; a library of fewer or dependent passages gives
  ///   fewer
  /// @param seed of the range finder; hardly matters
  public record Fit(int dimensions, long seed) implements EncoderSource {
    static final Fit DEFAULT = new Fit(256, 1);

    public Fit {
      if (dimensions < 1) {
        throw new IllegalArgumentException(
            "An embedding has one dimension or more, not %d.".formatted(dimensions));
      }
    }

    @Override
    public String name() {
      return dimensions == DEFAULT.dimensions ? "dense" : "dense " + dimensions;
    }

    @Override
    public Embedder on(Library library) {
      return Embedder.fit(library, dimensions, seed);
    }
  }

  /// A question and the text of a passage that answers it.
  public record Pair(String question, String passage) {}

  private final String name;
  private final Map<String, ?> origin;
  private final int[] rows;
  private final float[] weights;
  private final float[][] axes;
  private final QuestionMap questions;

  private Embedder(
      String name,
      Map<String, ?> origin,
      int[] rows,
      float[] weights,
      float[][] axes,
      QuestionMap questions) {
    this.name = name;
    this.origin = origin;
    this.rows = rows;
    this.weights = weights;
    this.axes = axes;
    this.questions = questions;
  }

  /// An embedder of 256 dimensions.
  public static Embedder fit(Library library) {
    return Fit.DEFAULT.on(library);
  }

  /// @param dimensions at least 1
  /// @throws IllegalArgumentException if the library has no word at all
  public static Embedder fit(Library library, int dimensions, long seed) {
    var texts =
        library.passages().stream()
            .map(Passage::whole)
            .map(text -> TextFeatures.of(Words.of(text)))
            .filter(text -> text.features().length > 0)
            .toList();
    if (texts.isEmpty()) {
      throw new IllegalArgumentException(
          "The library '%s' has no word to learn an embedding from: give texts with letters."
              .formatted(library.name()));
    }
    int[] passages = new int[TextFeatures.BUCKETS];
    texts.forEach(text -> Arrays.stream(text.features()).forEach(each -> passages[each]++));
    int[] rows = new int[TextFeatures.BUCKETS];
    float[] weights = new float[TextFeatures.BUCKETS];
    int used = 0;
    for (int i = 0; i < rows.length; i++) {
      rows[i] = passages[i] == 0 ? -1 : used++;
      weights[i] = (float) (1 + StrictMath.log((1.0 + texts.size()) / (1 + passages[i])));
    }
    var positions = new ArrayList<int[]>();
    var values = new ArrayList<float[]>();
    for (var text : texts) {
      positions.add(Arrays.stream(text.features()).map(each -> rows[each]).toArray());
      values.add(unit(weighted(text, weights)));
    }
    float[][] axes =
        TruncatedSvd.rightVectors(
            new SparseRows(used, positions, values), dimensions, RandomStream.of(seed, "embedder"));
    var origin = Map.of("library", library.digest(), "dimensions", dimensions, "seed", seed);
    var name = new Fit(dimensions, seed).name();
    return new Embedder(name, origin, rows, weights, axes, QuestionMap.identity());
  }

  /// This embedder with questions moved towards the passages that answer them, as in a dual encoder
  /// (Karpukhin and others, "DenseSearch Passage Retrieval", 2020); see [QuestionMap]. Passages
  /// keep their vectors.
  ///
  /// @param pairs of the training split, at least two
  public Embedder tuned(List<Pair> pairs, long seed) {
    var kept = pairs.stream().filter(this::known).toList();
    float[][] asked = kept.stream().map(pair -> embed(pair.question)).toArray(float[][]::new);
    float[][] answers = kept.stream().map(pair -> embed(pair.passage)).toArray(float[][]::new);
    var origin = new LinkedHashMap<String, Object>(this.origin);
    origin.put("pairs", Fingerprint.of(pairs));
    origin.put("tuning seed", seed);
    return new Embedder(
        name + " tuned", origin, rows, weights, axes, QuestionMap.learned(asked, answers, seed));
  }

  private boolean known(Pair pair) {
    return nonZero(embed(pair.question)) && nonZero(embed(pair.passage));
  }

  /// The vector of a text, of length 1; all zeros where it has nothing in common with the library.
  public float[] embed(String text) {
    var features = TextFeatures.of(Words.of(text));
    float[] values = weighted(features, weights);
    double[] sum = new double[dimensions()];
    for (int i = 0; i < values.length; i++) {
      add(rows[features.features()[i]], values[i], sum);
    }
    return unit(floats(sum));
  }

  /// The vectors of the first words of a text, each of length 1, without those of words that have
  /// nothing in common with the library: `[words][dimensions]`, in the space of whole texts. A word
  /// has the same vector wherever it stands.
  public float[][] embedWords(String text, int most) {
    return Words.of(text).stream()
        .limit(most)
        .map(this::word)
        .filter(Embedder::nonZero)
        .toArray(float[][]::new);
  }

  /// The vectors of all words of a text.
  public float[][] embedWords(String text) {
    return embedWords(text, Integer.MAX_VALUE);
  }

  private float[] word(String word) {
    double[] sum = new double[dimensions()];
    TextFeatures.each(word, feature -> add(rows[feature], weights[feature], sum));
    return unit(floats(sum));
  }

  private void add(int row, float factor, double[] sum) {
    if (row >= 0) {
      float[] axis = axes[row];
      for (int i = 0; i < sum.length; i++) {
        sum[i] += factor * axis[i];
      }
    }
  }

  @Override
  public List<float[]> embedAll(List<String> passages) {
    return passages.stream().map(this::embed).toList();
  }

  @Override
  public float[] embedQuestion(String question) {
    return questions.applied(embed(question));
  }

  /// Numbers of a vector.
  public int dimensions() {
    return axes[0].length;
  }

  @Override
  public long bytes() {
    return 4L * axes.length * dimensions() + 8L * TextFeatures.BUCKETS + questions.bytes();
  }

  /// This embedder wherever LangChain4j wants one; texts are embedded as passages are.
  public EmbeddingModel asEmbeddingModel() {
    return new EncoderModel(this);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Map<String, ?> configuration() {
    return origin;
  }

  /// The projection `[features][dimensions]`, with orthonormal columns.
  float[][] axes() {
    return axes;
  }

  private static float[] weighted(TextFeatures.Counts text, float[] weights) {
    float[] values = new float[text.features().length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((1 + StrictMath.log(text.counts()[i])) * weights[text.features()[i]]);
    }
    return values;
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static boolean nonZero(float[] vector) {
    for (float x : vector) {
      if (x != 0) {
        return true;
      }
    }
    return false;
  }

  /// In place; zeros stay zeros.
  static float[] unit(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (squares > 0) {
      double length = Math.sqrt(squares);
      for (int i = 0; i < vector.length; i++) {
        vector[i] = (float) (vector[i] / length);
      }
    }
    return vector;
  }
}
