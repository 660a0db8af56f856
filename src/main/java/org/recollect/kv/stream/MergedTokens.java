package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// The newest frame whole, and the past merged: while there are too many tokens, of all pairs of
/// tokens that follow one another in a cell, the two most alike become one, with the direction of
/// their mean, weighted by how many tokens each stands for, and the time of the earlier (after Song
/// et al., "MovieChat", 2023, section 3.3, who merge whole neighbouring frames).
record MergedTokens() implements StreamPolicy {
  @Override
  public String name() {
    return "merged tokens";
  }

  @Override
  public StreamMemory open(Lexicon lexicon, int budget) {
    return new Memory(budget);
  }

  /// A token that stands for several.
  private record Merged(VisualToken token, int weight) {}

  private static final class Memory implements StreamMemory {
    private final int budget;
    private final List<List<Merged>> cells = new ArrayList<>();

    Memory(int budget) {
      this.budget = budget;
    }

    @Override
    public void see(TokenGrid frame) {
      WholeFrames.room(budget, frame);
      while (cells.size() < frame.cells()) {
        cells.add(new ArrayList<>());
      }
      for (var token : frame.tokens(new double[frame.cells()])) {
        cells.get(token.cell()).add(new Merged(token, 1));
      }
      while (cells.stream().mapToInt(List::size).sum() > budget) {
        mergeClosest();
      }
    }

    /// The newest token of each cell is left as it is.
    private void mergeClosest() {
      List<Merged> chosen = null;
      int at = -1;
      double closest = Double.NEGATIVE_INFINITY;
      for (var line : cells) {
        for (int i = 0; i + 2 < line.size(); i++) {
          double cosine =
              Vectors.dot(line.get(i).token().vector(), line.get(i + 1).token().vector());
          if (cosine > closest) {
            closest = cosine;
            chosen = line;
            at = i;
          }
        }
      }
      chosen.set(at, merge(chosen.get(at), chosen.remove(at + 1)));
    }

    private static Merged merge(Merged a, Merged b) {
      float[] mean = new float[a.token().vector().length];
      for (int i = 0; i < mean.length; i++) {
        mean[i] = a.weight() * a.token().vector()[i] + b.weight() * b.token().vector()[i];
      }
      return new Merged(a.token().with(Vectors.unit(mean)), a.weight() + b.weight());
    }

    @Override
    public List<VisualToken> held() {
      return cells.stream()
          .flatMap(List::stream)
          .map(Merged::token)
          .sorted(Comparator.comparingInt(VisualToken::frame))
          .toList();
    }

    @Override
    public List<VisualToken> read(List<String> question) {
      return held();
    }
  }
}
