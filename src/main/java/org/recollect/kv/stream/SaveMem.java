package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// SAVEMem ("Semantic-Aware Adaptive Visual Memory for Streaming Video Understanding", 2026).
///
/// A stream has no end and a question may come at any time. Frames are kept whole while they are
/// new and ever more thinly as they age; what is kept of them is what a fixed bank of generic
/// questions finds salient, and the real question, once it comes, decides how far back to look.
/// Nothing is trained. Tokens are vectors of length 1, all comparisons cosines.
///
/// - *Semantic prior*: `s(v) = max_t cos(v, t)` over the words `t` of five questions that could be
///   asked of anything, see [Salience#generic].
/// - *Short tier*: the last `shortFrames` frames, untouched. The paper has 4 to 8 frames, two to a
///   grid of tokens, so 2 to 4 grids.
/// - *Middle tier*: a frame that leaves the short tier loses what repeats itself, see
///   [TemporalPruning]: `d = 1 - max cos` over the 3 x 3 cells about the place in the next and in
///   the previous frame, Otsu's threshold in each direction, and `cos(next) > .8 + .15 s(v)` drops
///   a token unless the scene changed.
/// - *Long tier*: a frame that leaves the middle tier keeps its most salient tokens by quarters of
///   the picture, `.15 + .25 clip(mean s, 0, 1)` of them, at least 4, or merges them where it has
///   few, see [LongTerm].
/// - *Budget*: above it the least salient tokens of the long tier go; of equals, by lot. Budgets
///   here are far below the paper's 2048 tokens, so that the middle tier loses tokens in the same
///   way once the long tier is empty (inferred).
/// - *Gate*: where the short tier is as relevant to the question as it was on average to questions
///   before, only it is read, see [RecencyGate]. The released scripts set its ratio by the kind of
///   question: .1, with which it nearly always passes, and 2, with which it never does. One ratio
///   for all questions is what makes it adaptive.
/// - *Retrieval*: otherwise the short tier is read with the frames of the other tiers that are most
///   relevant, see [FrameRetrieval]. The optional probe that weighs relevance by recency is off in
///   the released code, and absent here.
///
/// Sizes that follow from the size of a frame are ours: the paper's frames have hundreds of tokens,
/// and select in the long tier from 20 on; frames of 16 do so from 8 on (inferred). The gate's
/// average starts anew with each film (inferred; the released code carries it on).
///
/// @param salience what is kept; [Salience.None] is similarity-only pruning
/// @param shortFrames frames of the short tier
/// @param midFrames frames of the middle tier
/// @param crowd tokens of a frame from which on the long tier selects instead of merging
/// @param gate on the question; without one the past is always read
/// @param retrieval of frames of the past; without one all of them are read
public record SaveMem(
    Salience salience,
    int shortFrames,
    int midFrames,
    int crowd,
    Optional<RecencyGate> gate,
    Optional<FrameRetrieval> retrieval)
    implements StreamPolicy {

  private static final int SHORT = 2;
  private static final int MIDDLE = 8;

  public SaveMem {
    if (shortFrames < 1 || midFrames < 0 || crowd < 1) {
      throw new IllegalArgumentException(
          "SAVEMem has a short frame or more, 0 middle frames or more and selects from 1 token or more; got %d, %d and %d."
              .formatted(shortFrames, midFrames, crowd));
    }
  }

  /// The tiers with a prior of choice; everything held is read. Arms `semantic`, `similarity only`
  /// and so on.
  public static SaveMem keeping(Salience salience) {
    return new SaveMem(salience, SHORT, MIDDLE, 8, Optional.empty(), Optional.empty());
  }

  /// The tiers with the bank of generic questions. Arm `semantic`.
  public static SaveMem semantic() {
    return keeping(Salience.generic());
  }

  /// The same code with `s = 0`. Arm `similarity only`.
  public static SaveMem similarityOnly() {
    return keeping(new Salience.None());
  }

  /// The whole method: gate at .9, retrieval of 10 frames. Arm `savemem`.
  public static SaveMem whole() {
    return semantic().gate(.9).retrieving(10, 0);
  }

  /// The same with other numbers of frames in the short and the middle tier.
  public SaveMem tiers(int shortFrames, int midFrames) {
    return new SaveMem(salience, shortFrames, midFrames, crowd, gate, retrieval);
  }

  /// The same with a gate.
  public SaveMem gate(double ratio) {
    return new SaveMem(
        salience, shortFrames, midFrames, crowd, Optional.of(RecencyGate.ratio(ratio)), retrieval);
  }

  /// The same reading only some frames of the past; see [FrameRetrieval].
  public SaveMem retrieving(int count, double floor) {
    var frames = Optional.of(new FrameRetrieval(count, floor));
    return new SaveMem(salience, shortFrames, midFrames, crowd, gate, frames);
  }

  @Override
  public String name() {
    if (gate.isPresent() && retrieval.isPresent() && equals(whole())) {
      return "savemem";
    }
    var name = new StringBuilder(salience.name());
    if (shortFrames != SHORT || midFrames != MIDDLE) {
      name.append(", %d + %d frames".formatted(shortFrames, midFrames));
    }
    gate.ifPresent(g -> name.append(" + gate ").append(g.ratio()));
    retrieval.ifPresent(
        r -> name.append(" + retrieval").append(r.floor() == 0 ? "" : " of " + r.floor()));
    return name.toString();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "salience", salience,
        "shortFrames", shortFrames,
        "midFrames", midFrames,
        "crowd", crowd,
        "gate", gate.stream().toList(),
        "retrieval", retrieval.stream().toList());
  }

  @Override
  public TieredMemory open(Lexicon lexicon, int budget) {
    return new TieredMemory(this, lexicon, budget);
  }

  /// How many tokens each tier holds after each frame of a film.
  public List<TieredMemory.Sizes> sizes(List<TokenGrid> film, Lexicon lexicon, int budget) {
    var memory = open(lexicon, budget);
    var sizes = new ArrayList<TieredMemory.Sizes>();
    for (var frame : film) {
      memory.see(frame);
      sizes.add(memory.sizes());
    }
    return List.copyOf(sizes);
  }
}
