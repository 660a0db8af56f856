package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.stream.IntStream;

/// What the long tier takes over of a frame that leaves the middle one. Of many tokens it selects
/// the most salient, spread over the picture; of few it merges neighbours that look alike.
///
/// @param crowd tokens of a frame from which on it selects; 20 in the paper, of frames of hundreds
record LongTerm(int crowd) {
  private static final double LEAST = .15;
  private static final double MORE = .25;
  private static final int FEWEST = 4;

  /// @param grid the frame that the tokens are of
  /// @param salient whether there is a prior to select by; without one it merges
  List<VisualToken> compress(List<VisualToken> tokens, TokenGrid grid, boolean salient) {
    return salient && tokens.size() >= crowd ? select(tokens, grid) : merge(tokens, grid);
  }

  /// Of `n` tokens `(.15 + .25 * clip(mean salience, 0, 1)) n`, at least 4: a quarter of them, the
  /// most salient, from each quarter of the picture, and then the most salient of all.
  private static List<VisualToken> select(List<VisualToken> tokens, TokenGrid grid) {
    double mean = tokens.stream().mapToDouble(VisualToken::salience).average().orElse(0);
    double ratio = LEAST + MORE * Math.clamp(mean, 0, 1);
    int count = Math.min(tokens.size(), Math.max(FEWEST, (int) (ratio * tokens.size())));
    var bySalience =
        tokens.stream()
            .sorted(Comparator.comparingDouble(VisualToken::salience).reversed())
            .toList();
    var kept = new LinkedHashSet<VisualToken>();
    for (int i = 0; i < 4; i++) {
      int quarter = i;
      bySalience.stream()
          .filter(token -> quarter(token, grid) == quarter)
          .limit(count / 4)
          .forEach(kept::add);
    }
    bySalience.stream().filter(token -> kept.size() < count).forEach(kept::add);
    return kept.stream().sorted(Comparator.comparingInt(VisualToken::cell)).toList();
  }

  private static int quarter(VisualToken token, TokenGrid grid) {
    int row = token.cell() / grid.width();
    int column = token.cell() % grid.width();
    return 2 * (2 * row / grid.height()) + 2 * column / grid.width();
  }

  /// One token for each connected set of neighbouring cells whose distances are at most Otsu's
  /// threshold of all neighbours' distances: the one nearest to their mean, with the mean's
  /// direction. Where the distances do not part into small and large, nothing is merged.
  private static List<VisualToken> merge(List<VisualToken> tokens, TokenGrid grid) {
    var edges = edges(tokens, grid);
    var threshold = Otsu.parting(edges.stream().mapToDouble(Edge::distance).toArray());
    if (threshold.isEmpty()) {
      return tokens;
    }
    int[] group = new int[tokens.size()];
    Arrays.setAll(group, i -> i);
    edges.stream()
        .filter(edge -> edge.distance <= threshold.getAsDouble())
        .forEach(edge -> join(group, edge.a, edge.b));
    return IntStream.range(0, group.length)
        .mapToObj(g ->
            IntStream.range(0, group.length)
                .filter(i -> group[i] == g)
                .mapToObj(tokens::get)
                .toList())
        .filter(members -> !members.isEmpty())
        .map(members -> members.size() == 1 ? members.getFirst() : Vectors.anchor(members))
        .sorted(Comparator.comparingInt(VisualToken::cell))
        .toList();
  }

  /// Two neighbours, by their places in a list.
  private record Edge(int a, int b, double distance) {}

  private static List<Edge> edges(List<VisualToken> tokens, TokenGrid grid) {
    var edges = new ArrayList<Edge>();
    for (int a = 0; a < tokens.size(); a++) {
      for (int b = a + 1; b < tokens.size(); b++) {
        if (grid.touch(tokens.get(a).cell(), tokens.get(b).cell())) {
          double cosine = Vectors.dot(tokens.get(a).vector(), tokens.get(b).vector());
          edges.add(new Edge(a, b, Math.clamp(1 - cosine, 0, 2)));
        }
      }
    }
    return edges;
  }

  private static void join(int[] group, int a, int b) {
    int from = group[b];
    int to = group[a];
    for (int i = 0; i < group.length; i++) {
      group[i] = group[i] == from ? to : group[i];
    }
  }
}
