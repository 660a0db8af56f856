package org.recollect.kv.stream;

import java.lang.foreign.Arena;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.model.PatchEncoder;

/// The words of an encoder as vectors of length 1 in the space of visual tokens.
///
/// @param vectors by word, `[dimensions]` each
public record Lexicon(Map<String, float[]> vectors) {
  /// One thread: the tables are small.
  private static final Similarity SIMILARITY = new Similarity(Kernels.dotProducts(), 1);

  /// The words that an encoder knows.
  public static Lexicon of(PatchEncoder encoder) {
    return new Lexicon(encoder.words());
  }

  /// The vectors of words, to be compared with tokens.
  Phrase phrase(List<String> words) {
    int dimensions = vectors.values().iterator().next().length;
    var table = VectorTable.allocate(Arena.ofAuto(), Storage.F32, dimensions, words.size());
    words.forEach(word -> table.append(vector(word)));
    return new Phrase(table);
  }

  /// The word of several that is nearest to a token.
  String nearest(VisualToken token, List<String> words) {
    return words.stream()
        .max(Comparator.comparingDouble(word -> Vectors.dot(token.vector(), vector(word))))
        .orElseThrow();
  }

  private float[] vector(String word) {
    float[] vector = vectors.get(word);
    if (vector == null) {
      throw new IllegalArgumentException(
          "The encoder does not know the word '%s'; it knows %s."
              .formatted(word, vectors.keySet()));
    }
    return vector;
  }

  /// The words of a question.
  record Phrase(VectorTable table) {

    /// The largest cosine of a token with a word.
    double largest(float[] vector) {
      return SIMILARITY.lateInteraction(
          table, 0, table.rows(), new float[][] {vector}, Metric.COSINE);
    }

    /// Late interaction of tokens with the words: the mean over the tokens of the largest cosine
    /// with a word, where a negative one counts 0 (inferred: the gate compares shares of a mean,
    /// which means nothing below 0).
    double relevance(List<VisualToken> tokens) {
      return tokens.stream()
          .mapToDouble(token -> Math.max(0, largest(token.vector())))
          .average()
          .orElse(0);
    }
  }
}
