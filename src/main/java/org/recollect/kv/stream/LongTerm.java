package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;

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

  /// The most salient token of each quarter of the picture, and then the most salient of all, until
  /// there are `.15 + .25 * clip(mean salience, 0, 1)` of them and at least 4.
  private static List<VisualToken> select(List<VisualToken> tokens, TokenGrid grid) {
    double mean = tokens.stream().mapToDouble(VisualToken::salience).average().orElse(0);
    double ratio = LEAST + MORE * Math.clamp(mean, 0, 1);
    int count = Math.min(tokens.size(), Math.max(FEWEST, (int) Math.round(ratio * tokens.size())));
    var bySalience =
        tokens.stream()
            .sorted(Comparator.comparingDouble(VisualToken::salience).reversed())
            .toList();
    var kept = new LinkedHashSet<VisualToken>();
    for (int quarter = 0; quarter < 4; quarter++) {
      int wanted = quarter;
      bySalience.stream()
          .filter(token -> quarter(token, grid) == wanted)
          .findFirst()
          .ifPresent(kept::add);
    }
    for (var token : bySalience) {
      if (kept.size() >= count) {
        break;
      }
      kept.add(token);
    }
    return kept.stream().sorted(Comparator.comparingInt(VisualToken::cell)).toList();
  }

  private static int quarter(VisualToken token, TokenGrid grid) {
    int row = token.cell() / grid.width();
    int column = token.cell() % grid.width();
    return 2 * (2 * row / grid.height()) + 2 * column / grid.width();
  }

  /// One token for each connected set of neighbouring cells whose distances are at most Otsu's
  /// threshold of all neighbours' distances: the one nearest to their mean, with the mean's
  /// direction.
  private static List<VisualToken> merge(List<VisualToken> tokens, TokenGrid grid) {
    var edges = new ArrayList<int[]>();
    for (int a = 0; a < tokens.size(); a++) {
      for (int b = a + 1; b < tokens.size(); b++) {
        if (grid.touch(tokens.get(a).cell(), tokens.get(b).cell())) {
          edges.add(new int[] {a, b});
        }
      }
    }
    if (edges.isEmpty()) {
      return tokens;
    }
    double[] distances =
        edges.stream()
            .mapToDouble(edge -> distance(tokens.get(edge[0]), tokens.get(edge[1])))
            .toArray();
    double threshold = Otsu.threshold(distances);
    int[] group = new int[tokens.size()];
    java.util.Arrays.setAll(group, i -> i);
    for (int e = 0; e < distances.length; e++) {
      if (distances[e] <= threshold) {
        join(group, edges.get(e)[0], edges.get(e)[1]);
      }
    }
    var merged = new ArrayList<VisualToken>();
    for (int g = 0; g < group.length; g++) {
      var members = new ArrayList<VisualToken>();
      for (int i = 0; i < group.length; i++) {
        if (group[i] == g) {
          members.add(tokens.get(i));
        }
      }
      if (!members.isEmpty()) {
        merged.add(Vectors.anchor(members));
      }
    }
    return merged;
  }

  private static void join(int[] group, int a, int b) {
    int from = group[b];
    int to = group[a];
    for (int i = 0; i < group.length; i++) {
      group[i] = group[i] == from ? to : group[i];
    }
  }

  private static double distance(VisualToken a, VisualToken b) {
    return Math.clamp(1 - Vectors.dot(a.vector(), b.vector()), 0, 2);
  }
}
