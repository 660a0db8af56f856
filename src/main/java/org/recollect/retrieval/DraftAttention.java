package org.recollect.retrieval;

import java.util.List;
import org.recollect.model.Prompt;

/// Where the last layer of a model attends in a question and its own answer, heads averaged.
///
/// @param tokens of the question, of the answer, and the end, as text
/// @param asked how many of them are the question's
/// @param weights of each token's attention to each, `[tokens][tokens]`; a row sums to 1 and is
///   zero for tokens after its own
public record DraftAttention(List<String> tokens, int asked, double[][] weights) {

  /// @param read a text of which all queries were recorded
  static DraftAttention of(Prompt read, List<String> tokens, int asked) {
    int length = read.length();
    float[] recorded = read.layers().getLast().windowAttention();
    int heads = recorded.length / (length * length);
    double[][] weights = new double[length][length];
    for (int i = 0; i < recorded.length; i++) {
      weights[i / length % length][i % length] += recorded[i] / heads;
    }
    return new DraftAttention(tokens, asked, weights);
  }

  /// The most that any later token attends to a token; 0 for the last.
  public double fromLater(int token) {
    double most = 0;
    for (int later = token + 1; later < weights.length; later++) {
      most = Math.max(most, weights[later][token]);
    }
    return most;
  }
}
