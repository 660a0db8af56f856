package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/// A memory of whole frames. Mutable.
class WholeFrames implements StreamMemory {
  private final List<TokenGrid> frames = new ArrayList<>();
  private final Consumer<List<TokenGrid>> forget;

  /// @param forget removes frames from those held, of which the newest is the last
  WholeFrames(Consumer<List<TokenGrid>> forget) {
    this.forget = forget;
  }

  @Override
  public void see(TokenGrid frame) {
    frames.add(frame);
    forget.accept(frames);
  }

  final List<TokenGrid> frames() {
    return frames;
  }

  @Override
  public final List<VisualToken> held() {
    return tokens(frames);
  }

  @Override
  public List<VisualToken> read(List<String> question) {
    return held();
  }

  /// Whole frames that fit into a budget.
  ///
  /// @throws IllegalArgumentException where there is no room for two
  static int room(int budget, TokenGrid frame) {
    if (budget < 2 * frame.cells()) {
      throw new IllegalArgumentException(
          "A budget of %d tokens is below two frames of %d: raise the budget."
              .formatted(budget, frame.cells()));
    }
    return budget / frame.cells();
  }

  static List<VisualToken> tokens(List<TokenGrid> frames) {
    return frames.stream().flatMap(frame -> tokens(frame).stream()).toList();
  }

  static List<VisualToken> tokens(TokenGrid frame) {
    return frame.tokens(new double[frame.cells()]);
  }
}
