package org.recollect.kv;

import org.recollect.lab.Configured;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// Which tokens matter.
///
/// A scorer gives every token of the prompt an importance; the [Allocator] says how many tokens a
/// head keeps; the head keeps its first [#sinks] and last [#recent] tokens and, of the others, the
/// most important. Some scorers go on choosing while tokens are generated: then a head that is full
/// gives up its least important token for each new one.
public interface Scorer extends Configured {

  String name();

  /// The importance of every token to every head, `[kvHeads][tokens]`; larger is more important,
  /// ties go to the later token.
  ///
  /// @throws IllegalArgumentException if the prompt did not record what the scorer needs
  float[][] importance(Prompt prompt, int layer);

  /// The layer whose scores a layer uses, itself or one before it: scorers that let layers share a
  /// choice score fewer of them.
  default int scoringLayer(int layer) {
    return layer;
  }

  /// This scorer as it treats a prompt, where that depends on the prompt.
  default Scorer on(Prompt prompt) {
    return this;
  }

  /// What reads the prompt: the model itself, or one that gives up tokens while it reads. What
  /// follows is always read by the model itself, from the cache.
  default LanguageModel reader(LanguageModel model) {
    return model;
  }

  /// How many of the prompt's last queries must have been recorded row by row.
  default int window() {
    return 1;
  }

  /// How many of the first tokens are always kept.
  default int sinks() {
    return 0;
  }

  /// How many of the last tokens a head that keeps `tokens` always keeps.
  default int recent(int tokens) {
    return 0;
  }

  /// How many neighbouring tokens are kept or given up together; they have one importance.
  default int span() {
    return 1;
  }

  /// Whether all heads of a layer keep the same tokens.
  default boolean sharedByHeads() {
    return false;
  }

  /// Whether heads go on giving up tokens while decoding.
  default boolean evictsWhileDecoding() {
    return false;
  }

  /// How many tokens a head holds while decoding, if it evicts: as many as it kept of the prompt,
  /// unless a scorer lets the cache grow with the text.
  ///
  /// @param kept tokens kept of the prompt
  /// @param prompt tokens of the prompt
  /// @param seen tokens seen until now, those of the prompt included
  default int room(int kept, int prompt, int seen) {
    return kept;
  }

  /// How many of the tokens held, the first by position, are never given up while decoding.
  ///
  /// @param kept tokens kept of the prompt
  default int settled(int kept) {
    return sinks();
  }

  /// The importance of a token after a decode step, from the one it had (0 for a new token) and the
  /// attention it received, averaged over the query heads that share the key.
  default float observe(float importance, float attention) {
    return importance;
  }

  /// Whether the tokens kept are renumbered 0, 1, 2, ... for their positions; needs keys before
  /// RoPE.
  default boolean reassignsPositions() {
    return false;
  }

  /// Attention `[heads][tokens]` averaged over the query heads that share a key,
  /// `[kvHeads][tokens]`.
  static float[][] meanOverQueries(float[] attention, ModelConfig config, int tokens) {
    float[][] mean = new float[config.kvHeads()][tokens];
    for (int head = 0; head < config.heads(); head++) {
      float[] row = mean[head / config.groupSize()];
      for (int token = 0; token < tokens; token++) {
        row[token] += attention[head * tokens + token] / config.groupSize();
      }
    }
    return mean;
  }
}
