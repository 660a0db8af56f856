package org.recollect.kv;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.kv.WindowKv.Strategy;

/// Tells from the tokens of a prompt what kind of task it is: naive Bayes over which tokens occur
/// in its first 256 and its last 256 tokens, the part of the text that WindowKV's classifier reads
/// (which is a BERT; this small one is inferred).
///
/// @param evidence by token, how much its occurrence speaks for aggregation: the difference of
///   log-probabilities `[vocab]`
public record TaskClassifier(double[] evidence) {

  private static final int END = 256;

  /// Learns from prompts of both kinds, each kind equally likely beforehand.
  ///
  /// @param localisation token ids of prompts of one kind, at least one
  /// @param aggregation token ids of prompts of the other, at least one
  /// @param vocabulary number of tokens there are
  public static TaskClassifier train(
      List<int[]> localisation, List<int[]> aggregation, int vocabulary) {
    if (localisation.isEmpty() || aggregation.isEmpty()) {
      throw new IllegalArgumentException(
          "A classifier learns from at least one prompt of each kind; got %d and %d."
              .formatted(localisation.size(), aggregation.size()));
    }
    double[] one = occurrence(localisation, vocabulary);
    double[] other = occurrence(aggregation, vocabulary);
    return new TaskClassifier(
        IntStream.range(0, vocabulary)
            .mapToDouble(token -> Math.log(other[token]) - Math.log(one[token]))
            .toArray());
  }

  /// The kind of a prompt; without evidence either way, localisation.
  ///
  /// @param tokens of the prompt
  public Strategy strategy(int[] tokens) {
    double sum = read(tokens).mapToDouble(token -> evidence[token]).sum();
    return sum > 0 ? Strategy.AGGREGATION : Strategy.LOCALISATION;
  }

  /// The share of prompts in which each token occurs, as if it had been in one more and missing in
  /// one more.
  private static double[] occurrence(List<int[]> prompts, int vocabulary) {
    double[] share = new double[vocabulary];
    Arrays.fill(share, 1.0 / (prompts.size() + 2));
    for (int[] prompt : prompts) {
      read(prompt).forEach(token -> share[token] += 1.0 / (prompts.size() + 2));
    }
    return share;
  }

  /// The different tokens at both ends of a prompt.
  private static IntStream read(int[] tokens) {
    int head = Math.min(END, tokens.length);
    return IntStream.concat(
            Arrays.stream(tokens, 0, head),
            Arrays.stream(tokens, Math.max(head, tokens.length - END), tokens.length))
        .distinct();
  }

  /// A hash of what it learned.
  int digest() {
    return Arrays.hashCode(evidence);
  }
}
