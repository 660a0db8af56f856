package org.recollect.retrieval.search;

import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Reciprocal-rank fusion (Cormack, Clarke and Buettcher, "Reciprocal Rank Fusion outperforms
/// Condorcet and individual Rank Learning Methods", 2009): of lists `i` with ranks from 1,
///
/// `score = sum_i w_i / (constant + rank_i)`
///
/// over the lists that the passage is in. Lucene's own (`TopDocs.rrf`) has neither weights nor
/// lists that were re-ranked, and breaks ties by its document numbers.
///
/// @param parts at least two
/// @param weights of the parts, positive; 1 by default
/// @param constant 60 by default, as in the paper
/// @param depth how much of each list is read, 100 by default (inferred), and never less than what
///   is asked for
public record Fused(List<Search> parts, List<Double> weights, double constant, int depth)
    implements Search {

  public Fused {
    parts = List.copyOf(parts);
    weights = List.copyOf(weights);
    if (parts.size() < 2 || weights.size() != parts.size()) {
      throw new IllegalArgumentException(
          "Fusion takes at least two searches with a weight each, but got %d with %d weights."
              .formatted(parts.size(), weights.size()));
    }
    if (!weights.stream().allMatch(weight -> weight > 0 && weight < Double.POSITIVE_INFINITY)
        || !(constant >= 0 && constant < Double.POSITIVE_INFINITY)
        || depth < 1) {
      throw new IllegalArgumentException(
          "Fusion takes positive weights, a constant from 0 and a depth from 1, but got %s, %s and %d."
              .formatted(weights, constant, depth));
    }
  }

  /// The same with other weights, one for each part in order.
  public Fused weights(double... weights) {
    return new Fused(
        parts,
        IntStream.range(0, weights.length).mapToObj(i -> weights[i]).toList(),
        constant,
        depth);
  }

  /// The same with another constant: the larger, the less the first places stand out.
  public Fused constant(double constant) {
    return new Fused(parts, weights, constant, depth);
  }

  /// The same with lists read to another depth.
  public Fused depth(int depth) {
    return new Fused(parts, weights, constant, depth);
  }

  @Override
  public String name() {
    String names = parts.stream().map(Search::name).collect(Collectors.joining(" + "));
    boolean plain = weights.stream().allMatch(weight -> weight == 1);
    return "RRF(%s%s%s)"
        .formatted(
            names,
            plain ? "" : ", weights " + weights,
            constant == 60 ? "" : ", constant " + constant);
  }

  /// @param lists of the parts, the best first
  List<Scored> fuse(List<List<Scored>> lists, int k) {
    var scores = new TreeMap<Long, Double>();
    for (int i = 0; i < lists.size(); i++) {
      int rank = 1;
      for (Scored found : lists.get(i)) {
        scores.merge(found.number(), weights.get(i) / (constant + rank++), Double::sum);
      }
    }
    return Scored.best(
        scores.entrySet().stream().map(entry -> new Scored(entry.getKey(), entry.getValue())), k);
  }
}
