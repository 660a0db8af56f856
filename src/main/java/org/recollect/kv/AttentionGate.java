package org.recollect.kv;

import java.util.Map;
import org.recollect.model.LanguageModel;
import org.recollect.model.Prompt;

/// Attention-Gate (Zeng et al., "In-context KV-Cache Eviction for LLMs via Attention-Gate", 2024,
/// arXiv:2410.12876).
///
/// Rules of eviction look at positions or at past attention; a small trained network before each
/// layer looks at the text itself and says, head by head, which of its tokens enter the cache. It
/// is trained by what the model then predicts, with a price on what is kept, the model itself being
/// frozen or tuned along by [org.recollect.model.Lora].
///
/// - *Gate*: [Gates] gives every token a probability `p` `[kvHeads][tokens]` and, where `p > .5`, a
///   flag `m` of 1.
/// - *While reading*, a flag multiplies the weight of its token in every later row of attention,
///   `A[i][j] = exp(s[i][j]) m[j] / sum over k <= i of exp(s[i][k]) m[k]`; a token always sees
///   itself. Backwards, `dm/dp = 1`.
/// - *Loss*: cross-entropy `+ alpha * mean over layers |mean(p) - beta|`. As printed, the second
///   term is said to be linear, and then beta has no effect on the gradient; with the absolute
///   value it is the rate to be kept (inferred). It holds the mean of `p`, not the share of flags:
///   probabilities that all lie a little above .5 keep everything. `alpha` is 1 and rises over the
///   first tenth of the steps, see [GateTraining].
/// - *Decoding* asks no gate: the last token of the prompt and what is generated are kept.
///
/// Here `p` is the importance, so that a budget of bytes is met exactly whatever the gates' own
/// rate: of more than they flag the next likely ones are kept, of fewer the likeliest.
///
/// No code of the authors was found; what is not in the abstract and its reviews is inferred.
///
/// @param gates trained for the model whose prompts are scored; borrowed
/// @param whileReading whether tokens are given up layer by layer while the prompt is read, as in
///   the paper, or only once it has been read with all of them
public record AttentionGate(Gates gates, boolean whileReading) implements Scorer {

  /// Tokens are given up while the prompt is read.
  public AttentionGate(Gates gates) {
    this(gates, true);
  }

  /// Tokens are given up once the prompt has been read.
  public AttentionGate afterReading() {
    return new AttentionGate(gates, false);
  }

  @Override
  public String name() {
    return whileReading ? "Attention-Gate" : "Attention-Gate after reading";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("gates", gates.weights().digest(), "whileReading", whileReading);
  }

  @Override
  public LanguageModel reader(LanguageModel model) {
    return whileReading ? gates.on(model) : model;
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    return gates.probabilities(prompt, layer);
  }

  /// The last token of the prompt.
  @Override
  public int recent(int tokens) {
    return Math.min(1, tokens);
  }
}
