package org.recollect.kv;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.recollect.model.Prompt;

/// WindowKV's choice of tokens (Zuo et al., "WindowKV: Task-Adaptive Group-Wise KV Cache Window
/// Selection for Efficient LLM Inference", 2025, arXiv:2503.17922); its layer sizes are
/// [GroupDescent]'s.
///
/// Tokens chosen one by one tear phrases apart. So choose whole windows of neighbours, judge a
/// window by what the task at hand needs, and let neighbouring layers share one choice.
///
/// - The last `w_s` tokens, the *observation suffix*, are always kept; `a[h][t]` is the attention
///   that they pay token `t` in query head `h`, summed over them.
/// - The tokens before it are cut into windows of `width` neighbours; the last may be shorter.
/// - *Localisation* (an answer stands in one place): `w_s = 32`, and a window's score is the mean
///   over heads of the mean of the larger half of its `a`, so that a few tokens can carry it.
/// - *Aggregation* (an answer is gathered from everywhere): `w_s = 16`, and the score is the plain
///   mean over heads and tokens.
/// - One score a window for all heads: they keep the same tokens. Windows are kept or given up
///   whole, as many as fit into the layer's share.
/// - Only the first layer of a group of `group` layers scores; the others reuse its scores. Groups
///   are of 8 layers in released code, whose models have 32; 2 here, for models of 4 (inferred).
/// - Which task it is, a classifier says for each prompt: a BERT in the paper, [TaskClassifier]
///   here (inferred). Without one the strategy is fixed.
/// - Nothing is given up while decoding.
///
/// @param width neighbours in a window; 8 in released code, 1 chooses token by token
/// @param group layers that share a choice
/// @param strategy how windows are judged, unless a classifier says otherwise
/// @param classifier asked for the strategy of each prompt
public record WindowKv(int width, int group, Strategy strategy, Optional<TaskClassifier> classifier)
    implements Scorer {

  /// What a task needs of its context.
  public enum Strategy {
    /// One place of it: a window is as good as its better half.
    LOCALISATION(32),
    /// All of it: a window is as good as its average.
    AGGREGATION(16);

    private final int suffix;

    Strategy(int suffix) {
      this.suffix = suffix;
    }

    /// Queries at the end of the prompt that are observed, and tokens that are always kept.
    public int suffix() {
      return suffix;
    }

    /// The score of a window in one head.
    ///
    /// @param attention that each of its tokens receives; sorted on return
    private double score(float[] attention) {
      Arrays.sort(attention);
      int counted = this == LOCALISATION ? Math.max(1, attention.length / 2) : attention.length;
      double sum = 0;
      for (int i = attention.length - counted; i < attention.length; i++) {
        sum += attention[i];
      }
      return sum / counted;
    }
  }

  public WindowKv {
    if (width < 1 || group < 1) {
      throw new IllegalArgumentException(
          "WindowKV keeps windows of at least one token and shares them among at least one layer; got %d and %d."
              .formatted(width, group));
    }
  }

  /// Windows of 8 tokens, shared by two layers each.
  public WindowKv(Strategy strategy) {
    this(8, 2, strategy, Optional.empty());
  }

  /// The method as published: the strategy is the one that suits the prompt.
  public WindowKv(TaskClassifier classifier) {
    this(8, 2, Strategy.LOCALISATION, Optional.of(classifier));
  }

  /// Windows of another width.
  public WindowKv width(int tokens) {
    return new WindowKv(tokens, group, strategy, classifier);
  }

  /// Choices shared by another number of layers; 1 scores every layer.
  public WindowKv sharedBy(int layers) {
    return new WindowKv(width, layers, strategy, classifier);
  }

  @Override
  public String name() {
    return "WindowKV";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "width",
        width,
        "group",
        group,
        "strategy",
        strategy.name(),
        "classifier",
        classifier.map(TaskClassifier::digest).orElse(0));
  }

  @Override
  public WindowKv on(Prompt prompt) {
    return classifier
        .map(judge -> new WindowKv(width, group, judge.strategy(prompt.tokens()), Optional.empty()))
        .orElse(this);
  }

  @Override
  public float[][] importance(Prompt prompt, int layer) {
    int tokens = prompt.length();
    int suffix = Math.min(strategy.suffix, tokens);
    if (prompt.window() < suffix) {
      throw new IllegalArgumentException(
          "WindowKV observes the last %d queries, but the prompt recorded %d: prefill with a window of %d."
              .formatted(suffix, prompt.window(), suffix));
    }
    var config = prompt.config();
    float[] importance = new float[tokens];
    for (int head = 0; head < config.heads(); head++) {
      float[] received = received(prompt, layer, head, suffix);
      for (int from = 0; from < tokens - suffix; from += width) {
        int to = Math.min(tokens - suffix, from + width);
        double score = strategy.score(Arrays.copyOfRange(received, from, to));
        for (int token = from; token < to; token++) {
          importance[token] += (float) (score / config.heads());
        }
      }
    }
    float[][] shared = new float[config.kvHeads()][];
    Arrays.fill(shared, importance);
    return shared;
  }

  /// What the last queries of a head pay each token, `[tokens]`.
  private static float[] received(Prompt prompt, int layer, int head, int suffix) {
    float[] attention = prompt.layer(layer).windowAttention();
    int tokens = prompt.length();
    float[] received = new float[tokens];
    for (int query = prompt.window() - suffix; query < prompt.window(); query++) {
      int row = (head * prompt.window() + query) * tokens;
      for (int token = 0; token < tokens; token++) {
        received[token] += attention[row + token];
      }
    }
    return received;
  }

  @Override
  public int scoringLayer(int layer) {
    return layer - layer % group;
  }

  @Override
  public int window() {
    return Strategy.LOCALISATION.suffix;
  }

  @Override
  public int recent(int tokens) {
    return Math.min(strategy.suffix, tokens);
  }

  @Override
  public int span() {
    return width;
  }

  @Override
  public boolean sharedByHeads() {
    return true;
  }
}
