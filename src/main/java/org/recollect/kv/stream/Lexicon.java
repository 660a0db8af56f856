package org.recollect.kv.stream;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.model.PatchEncoder;

/// The words of an encoder as vectors of length 1 in the space of visual tokens.
///
/// @param vectors by word, `[dimensions]` each
public record Lexicon(Map<String, float[]> vectors) {
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

    /// The largest cosine of each token with a word.
    ///
    /// @param tokens of length 1, `[tokens][dimensions]`
    /// @return `[tokens]`
    double[] largest(float[][] tokens) {
      int words = table.rows();
      float[] cosines = new float[tokens.length * words];
      Kernels.dotProducts().fill(table, 0, words, tokens, cosines);
      double[] largest = new double[tokens.length];
      for (int token = 0; token < tokens.length; token++) {
        largest[token] = -1;
        for (int at = token * words; at < (token + 1) * words; at++) {
          largest[token] = Math.max(largest[token], cosines[at]);
        }
      }
      return largest;
    }

    /// Late interaction of tokens with the words: the mean over the tokens of the largest cosine
    /// with a word, where a negative one counts 0 (inferred: the gate compares shares of a mean,
    /// which means nothing below 0).
    double relevance(List<VisualToken> tokens) {
      var vectors = tokens.stream().map(VisualToken::vector).toArray(float[][]::new);
      return Arrays.stream(largest(vectors)).map(cosine -> Math.max(0, cosine)).average().orElse(0);
    }
  }
}
