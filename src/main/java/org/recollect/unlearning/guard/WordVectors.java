package org.recollect.unlearning.guard;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.Words;

/// Embeddings of words by the company they keep: the positive pointwise mutual information of words
/// and their neighbours, factorised (Levy, Goldberg and Dagan, "Improving Distributional Similarity
/// with Lessons Learned from Word Embeddings", 2015, sections 2.1 and 2.2). Words that stand in the
/// same places are near each other.
///
/// `M = max(0, ln(p(w, c) / (p(w) p(c)))) = U S V'`, and a word is its row of `U_d S_d^(1/2)`, at
/// most 32 numbers; neighbours are up to 4 words away, and the thousand most frequent words count
/// as such (all inferred: the paper's own vectors are of a sentence encoder).
public final class WordVectors {
  private static final int DIMENSIONS = 32;
  private static final int WINDOW = 4;
  private static final int CONTEXTS = 1000;
  private static final int PAIRS = 20_000;

  private final List<String> words;
  private final Map<String, double[]> vectors;

  private WordVectors(Map<String, double[]> vectors) {
    this.words = List.copyOf(vectors.keySet());
    this.vectors = vectors;
  }

  /// The vectors of all words of some texts.
  ///
  /// @throws IllegalArgumentException if they have fewer than two different words
  public static WordVectors of(List<String> texts) {
    var counts = new TreeMap<String, Integer>();
    var lines = texts.stream().map(Words::of).toList();
    lines.forEach(line -> line.forEach(word -> counts.merge(word, 1, Integer::sum)));
    if (counts.size() < 2) {
      throw new IllegalArgumentException(
          "Words are compared by their neighbours, but the texts have %d different: give more text."
              .formatted(counts.size()));
    }
    var rows = numbered(counts.keySet());
    var contexts =
        numbered(
            counts.keySet().stream()
                .sorted((a, b) -> counts.get(b) - counts.get(a))
                .limit(CONTEXTS)
                .toList());
    return new WordVectors(factors(rows, information(neighbours(lines, rows, contexts))));
  }

  private static Map<String, Integer> numbered(Iterable<String> words) {
    var numbers = new LinkedHashMap<String, Integer>();
    words.forEach(word -> numbers.put(word, numbers.size()));
    return numbers;
  }

  /// How often which words stand near each other `[words][contexts]`.
  private static double[][] neighbours(
      List<List<String>> lines, Map<String, Integer> rows, Map<String, Integer> contexts) {
    double[][] counts = new double[rows.size()][contexts.size()];
    for (var line : lines) {
      for (int i = 0; i < line.size(); i++) {
        for (int j = Math.max(0, i - WINDOW); j <= Math.min(line.size() - 1, i + WINDOW); j++) {
          var context = contexts.get(line.get(j));
          if (j != i && context != null) {
            counts[rows.get(line.get(i))][context]++;
          }
        }
      }
    }
    return counts;
  }

  /// Positive pointwise mutual information of counts, in their place.
  private static double[][] information(double[][] counts) {
    double[] ofContexts = new double[counts[0].length];
    for (double[] row : counts) {
      Arrays.setAll(ofContexts, c -> ofContexts[c] + row[c]);
    }
    double all = Arrays.stream(ofContexts).sum();
    for (double[] row : counts) {
      double ofWord = Arrays.stream(row).sum();
      Arrays.setAll(
          row,
          c -> row[c] == 0 ? 0 : Math.max(0, Math.log(row[c] * all / (ofWord * ofContexts[c]))));
    }
    return counts;
  }

  private static Map<String, double[]> factors(Map<String, Integer> rows, double[][] information) {
    var vectors = new LinkedHashMap<String, double[]>();
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var svd = LinearAlgebra.svd(Memory.ofRows(manager, information, information[0].length));
      double[] scales = Memory.toDoubles(svd.s());
      double[][] left = Memory.toRows(svd.u());
      int kept = Math.min(DIMENSIONS, scales.length);
      rows.forEach((word, row) -> {
        double[] vector = Arrays.copyOf(left[row], kept);
        Arrays.setAll(vector, d -> vector[d] * Math.sqrt(scales[d]));
        vectors.put(word, vector);
      });
    }
    return vectors;
  }

  /// The cosine of two words in lower case, from -1 to 1; 0 for a word without neighbours.
  ///
  /// @throws IllegalArgumentException if a word is in none of the texts
  public double cosine(String a, String b) {
    return Cosine.of(vector(a), vector(b));
  }

  private double[] vector(String word) {
    var vector = vectors.get(word);
    if (vector == null) {
      throw new IllegalArgumentException(
          "There is no vector of '%s': it stands in none of the texts.".formatted(word));
    }
    return vector;
  }

  /// The words that are nearer than a cosine to one of some words; what is in no text is near
  /// nothing.
  public Set<String> near(Set<String> some, double delta) {
    var near = new LinkedHashSet<String>();
    for (String word : some) {
      if (vectors.containsKey(word)) {
        words.stream().filter(other -> cosine(word, other) > delta).forEach(near::add);
      }
    }
    return near;
  }

  /// The cosine that a share of random pairs of different words does not exceed.
  ///
  /// @param share from 0 to 1
  public double quantile(double share, long seed) {
    var random = RandomStream.of(seed, "pairs of words");
    double[] cosines = new double[PAIRS];
    for (int i = 0; i < PAIRS; i++) {
      int[] pair = random.indices(2, words.size());
      cosines[i] = cosine(words.get(pair[0]), words.get(pair[1]));
    }
    Arrays.sort(cosines);
    return cosines[(int) Math.min(PAIRS - 1, Math.ceil(share * PAIRS))];
  }
}
