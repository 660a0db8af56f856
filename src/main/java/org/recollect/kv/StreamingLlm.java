package org.recollect.kv;

import org.recollect.model.Prompt;

/// StreamingLLM (Xiao et al., "Efficient Streaming Language Models with Attention Sinks", 2023).
///
/// The softmax must put its weight somewhere, and puts what it does not need on the first tokens:
/// keep these sinks and a sliding window of recent tokens, and a model runs for ever. What lies
/// between is gone, so that recall of anything outside the window is lost by construction: the
/// control for every other way to evict.
///
/// - A head that keeps `B` tokens keeps the first `sinks` and the last `B - sinks`; while decoding,
///   the oldest token that is not a sink goes.
/// - Positions are those within the cache, `0 .. B - 1`, not those in the text: keys are stored
///   before RoPE and turned when they are read (section 3.2 of the paper).
///
/// @param sinks first tokens kept; 4 in the paper
/// @param renumbered whether positions are re-assigned; without it the arm is labelled
public record StreamingLlm(int sinks, boolean renumbered) implements Scorer {

  /// The paper's setting: four sinks, positions re-assigned.
  public StreamingLlm() {
    this(4, true);
  }

  public StreamingLlm {
    if (sinks < 0) {
      throw new IllegalArgumentException("StreamingLLM keeps 0 or more sinks, not " + sinks + ".");
    }
  }

  @Override
  public String name() {
    return renumbered ? "StreamingLLM" : "StreamingLLM, no re-rotation";
  }

  /// All alike: being a sink or recent is all that counts.
  @Override
  public float[][] importance(Prompt prompt, int layer) {
    return new float[prompt.config().kvHeads()][prompt.length()];
  }

  @Override
  public int recent(int tokens) {
    return Math.max(0, tokens - sinks);
  }

  @Override
  public boolean sharedByHeads() {
    return true;
  }

  @Override
  public boolean evictsWhileDecoding() {
    return true;
  }

  @Override
  public boolean reassignsPositions() {
    return renumbered;
  }
}
