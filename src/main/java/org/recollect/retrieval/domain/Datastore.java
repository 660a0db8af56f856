package org.recollect.retrieval.domain;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// All places of a text, to be found by what a model made of the text before them (Khandelwal et
/// al., "Generalization through Memorization: Nearest Neighbor Language Models", 2020, section 2):
/// the key of a place is the model's last hidden state before a token, its value that token.
///
/// The hidden state is the one behind the last norm, which the head reads. (The authors' code and
/// that of Memory Decoder take the input of the last feed-forward layer.) Search is exact, by
/// squared Euclidean distance: a key `h` is stored as `(h, -|h|^2 / 2)` and asked for by `(q, 1)`,
/// whose product orders the keys as `|q - h|^2 = |q|^2 - 2 (q . h - |h|^2 / 2)` does.
///
/// Mutable: keys are added by the constructor alone. Owns them, but not the model.
public final class Datastore implements AutoCloseable {

  /// Queries that are searched for together.
  private static final int TOGETHER = 256;

  private final LanguageModel model;
  private final int[] values;
  private final Arena arena = Arena.ofShared();
  private final VectorTable keys;

  /// What was found for a query, the nearest first.
  ///
  /// @param rows of the datastore `[found]`
  /// @param distances squared, at least 0 `[found]`
  public record Found(int[] rows, float[] distances) {

    /// The first of these.
    public Found first(int count) {
      int kept = Math.min(count, rows.length);
      return new Found(Arrays.copyOf(rows, kept), Arrays.copyOf(distances, kept));
    }

    /// All but one row, or but the last where that row is not among them.
    Found without(int row) {
      int at = 0;
      while (at < rows.length - 1 && rows[at] != row) {
        at++;
      }
      int[] others = Arrays.copyOf(rows, rows.length - 1);
      float[] apart = Arrays.copyOf(distances, rows.length - 1);
      System.arraycopy(rows, at + 1, others, at, others.length - at);
      System.arraycopy(distances, at + 1, apart, at, apart.length - at);
      return new Found(others, apart);
    }
  }

  /// Reads texts, each from its beginning.
  ///
  /// @param texts token ids `[texts][length + 1]`, all of one length; place `i` of text `t` is row
  ///   `t length + i`
  public Datastore(LanguageModel model, int[][] texts) {
    this.model = model;
    int places = Arrays.stream(texts).mapToInt(text -> text.length - 1).sum();
    this.values = new int[places];
    int width = model.config().hiddenSize();
    this.keys = VectorTable.allocate(arena, Storage.F32, width + 1, places);
    int row = 0;
    for (int[] text : texts) {
      float[][] states = states(model, text);
      for (int i = 0; i < states.length; i++) {
        keys.append(extended(states[i], (float) (-squared(states[i]) / 2)));
        values[row++] = text[i + 1];
      }
    }
  }

  /// How many places there are.
  public int size() {
    return values.length;
  }

  /// The token that stood at a row.
  public int value(int row) {
    return values[row];
  }

  /// Bytes of the keys, four for each of their numbers, and of the values; what is kept to search
  /// faster is not counted.
  public long bytes() {
    return (long) values.length * (model.config().hiddenSize() * 4L + 4);
  }

  /// The places whose beginnings are most like that of each token but the first.
  ///
  /// @param text token ids, at least two
  /// @param k how many to find, at least 1
  /// @param threads that search
  /// @return one for each token but the first
  public List<Found> nearest(int[] text, int k, int threads) {
    return search(states(model, text), k, threads);
  }

  /// The places most like each place of the datastore itself, which is left out by its row. (The
  /// released code of Memory Decoder leaves out the nearest, which may be a twin of the place.)
  ///
  /// @param k how many to find, at least 1
  /// @return one for each row
  public List<Found> others(int k) {
    var found = new ArrayList<Found>();
    for (int from = 0; from < size(); from += TOGETHER) {
      float[][] states = new float[Math.min(TOGETHER, size() - from)][];
      for (int i = 0; i < states.length; i++) {
        states[i] = state(from + i);
      }
      for (Found each : search(states, k + 1, Runtime.getRuntime().availableProcessors())) {
        found.add(each.without(found.size()));
      }
    }
    return found;
  }

  /// What the neighbours of a place say comes next,
  ///
  /// `p_kNN(v)` proportional to the sum over neighbours with the token `v` of `exp(-d / T)`.
  ///
  /// @param found at least one neighbour each
  /// @param temperature T, above 0, in the unit of squared distances
  public SparseTargets targets(List<Found> found, double temperature) {
    int[][] tokens = new int[found.size()][];
    float[][] probabilities = new float[found.size()][];
    for (int position = 0; position < tokens.length; position++) {
      var neighbours = found.get(position);
      var sums = new TreeMap<Integer, Double>();
      double[] weights = weights(neighbours, temperature);
      for (int i = 0; i < weights.length; i++) {
        sums.merge(values[neighbours.rows[i]], weights[i], Double::sum);
      }
      tokens[position] = sums.keySet().stream().mapToInt(Integer::intValue).toArray();
      float[] kept = new float[sums.size()];
      int at = 0;
      for (double sum : sums.values()) {
        kept[at++] = (float) sum;
      }
      probabilities[position] = kept;
    }
    return new SparseTargets(tokens, probabilities);
  }

  /// The logarithm of what the neighbours give each token of a text, see [#targets].
  ///
  /// @param found for each token but the first
  /// @return `[tokens - 1]`
  double[] logLikelihoods(int[] text, List<Found> found, double temperature) {
    double[] logs = new double[found.size()];
    for (int position = 0; position < logs.length; position++) {
      var neighbours = found.get(position);
      double[] weights = weights(neighbours, temperature);
      double sum = 0;
      for (int i = 0; i < weights.length; i++) {
        sum += values[neighbours.rows[i]] == text[position + 1] ? weights[i] : 0;
      }
      logs[position] = Math.log(sum);
    }
    return logs;
  }

  private static double[] weights(Found neighbours, double temperature) {
    double[] weights = new double[neighbours.rows.length];
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      // The nearest comes first: no exponent is above 0.
      weights[i] = Math.exp((neighbours.distances[0] - neighbours.distances[i]) / temperature);
      sum += weights[i];
    }
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= sum;
    }
    return weights;
  }

  private List<Found> search(float[][] states, int k, int threads) {
    float[][] queries = new float[states.length][];
    Arrays.setAll(queries, i -> extended(states[i], 1));
    var similarity = new Similarity(Kernels.dotProducts(), threads);
    var nearest = similarity.nearest(keys, queries, Metric.DOT_PRODUCT, k);
    var found = new ArrayList<Found>();
    for (int i = 0; i < queries.length; i++) {
      double length = squared(states[i]);
      float[] distances = new float[nearest.get(i).count()];
      for (int j = 0; j < distances.length; j++) {
        distances[j] = (float) Math.max(0, length - 2 * nearest.get(i).scores()[j]);
      }
      found.add(new Found(nearest.get(i).rows(), distances));
    }
    return found;
  }

  private float[] state(int row) {
    float[] state = new float[model.config().hiddenSize()];
    for (int i = 0; i < state.length; i++) {
      state[i] = keys.number(row, i);
    }
    return state;
  }

  /// The last hidden state before each token but the first `[tokens - 1][hiddenSize]`.
  static float[][] states(LanguageModel model, int[] text) {
    try (var manager = Torch.manager();
        var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      int[] read = Arrays.copyOf(text, text.length - 1);
      float[] all = Memory.toFloats(model.hidden(Memory.ofInts(manager, read, 1, read.length)));
      int width = model.config().hiddenSize();
      float[][] states = new float[read.length][];
      Arrays.setAll(states, i -> Arrays.copyOfRange(all, i * width, (i + 1) * width));
      return states;
    }
  }

  private static float[] extended(float[] state, float last) {
    float[] extended = Arrays.copyOf(state, state.length + 1);
    extended[state.length] = last;
    return extended;
  }

  private static double squared(float[] state) {
    double sum = 0;
    for (float x : state) {
      sum += (double) x * x;
    }
    return sum;
  }

  @Override
  public void close() {
    arena.close();
  }
}
