package org.recollect.kv.stream;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.stream.Stream;
import org.recollect.tensor.RandomStream;

/// The three tiers of [SaveMem] on one film. Mutable.
public final class TieredMemory implements StreamMemory {

  /// What is left of a frame.
  private record Remains(TokenGrid grid, List<VisualToken> tokens) {}

  /// A frame of the short tier with the saliences of its cells.
  private record Recent(TokenGrid grid, double[] salience) {}

  /// Tokens held.
  ///
  /// @param recent of the short tier
  /// @param middle of the middle tier
  /// @param distant of the long tier
  public record Sizes(int recent, int middle, int distant) {
    /// All of them.
    public int total() {
      return recent + middle + distant;
    }
  }

  private final SaveMem policy;
  private final Lexicon lexicon;
  private final int budget;
  private final TemporalPruning pruning = new TemporalPruning();
  private final RecencyGate.State gate;
  private final RandomStream lots = RandomStream.of(0, "lots");
  private final Deque<Recent> recent = new ArrayDeque<>();
  private final List<Remains> middle = new ArrayList<>();
  private List<VisualToken> distant = List.of();

  /// The frame that left the short tier last.
  private TokenGrid left;

  TieredMemory(SaveMem policy, Lexicon lexicon, int budget) {
    this.policy = policy;
    this.lexicon = lexicon;
    this.budget = budget;
    this.gate = policy.gate().map(g -> g.new State()).orElse(null);
  }

  @Override
  public void see(TokenGrid frame) {
    if (policy.shortFrames() * frame.cells() > budget) {
      throw new IllegalArgumentException(
          "A budget of %d tokens cannot hold the %d short frames of %d tokens each: raise the budget."
              .formatted(budget, policy.shortFrames(), frame.cells()));
    }
    var before = recent.isEmpty() ? frame : recent.getLast().grid();
    recent.add(new Recent(frame, policy.salience().of(frame, before, lexicon)));
    if (recent.size() > policy.shortFrames()) {
      leaveShort(recent.removeFirst());
    }
    if (middle.size() > policy.midFrames()) {
      leaveMiddle(middle.removeFirst());
    }
    shrink();
  }

  private void leaveShort(Recent old) {
    var after = recent.getFirst().grid();
    var survivors = pruning.survivors(old.grid(), left, after, old.salience());
    middle.add(new Remains(old.grid(), survivors));
    left = old.grid();
  }

  private void leaveMiddle(Remains old) {
    boolean salient = !(policy.salience() instanceof Salience.None);
    var compressed = new LongTerm(policy.crowd()).compress(old.tokens(), old.grid(), salient);
    distant = Stream.concat(distant.stream(), compressed.stream()).toList();
  }

  private void shrink() {
    distant = without(distant, least(distant, sizes().total() - budget));
    var aged = middle.stream().flatMap(frame -> frame.tokens().stream()).toList();
    var gone = least(aged, sizes().total() - budget);
    if (!gone.isEmpty()) {
      middle.replaceAll(frame -> new Remains(frame.grid(), without(frame.tokens(), gone)));
    }
  }

  /// The least salient tokens; of equals, some by lot.
  private List<VisualToken> least(List<VisualToken> tokens, int count) {
    if (count <= 0) {
      return List.of();
    }
    return lots.shuffle(tokens).stream()
        .sorted(Comparator.comparingDouble(VisualToken::salience))
        .limit(count)
        .toList();
  }

  private static List<VisualToken> without(List<VisualToken> tokens, List<VisualToken> gone) {
    var set = new HashSet<>(gone);
    return tokens.stream().filter(token -> !set.contains(token)).toList();
  }

  /// Tokens held now, by tier.
  public Sizes sizes() {
    return new Sizes(
        recent.stream().mapToInt(frame -> frame.grid().cells()).sum(),
        middle.stream().mapToInt(frame -> frame.tokens().size()).sum(),
        distant.size());
  }

  @Override
  public List<VisualToken> held() {
    return Stream.concat(past().stream(), last().stream()).toList();
  }

  @Override
  public List<VisualToken> read(List<String> question) {
    var phrase = lexicon.phrase(question);
    if (gate != null && gate.passes(phrase.relevance(last()))) {
      return last();
    }
    var past = policy.retrieval().map(frames -> frames.read(past(), phrase)).orElseGet(this::past);
    return Stream.concat(past.stream(), last().stream()).toList();
  }

  private List<VisualToken> past() {
    var tokens = new ArrayList<>(distant);
    middle.forEach(frame -> tokens.addAll(frame.tokens()));
    return tokens;
  }

  private List<VisualToken> last() {
    return recent.stream()
        .flatMap(frame -> frame.grid().tokens(frame.salience()).stream())
        .toList();
  }
}
