package org.recollect.kv;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.lab.Fingerprint;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// A complete answer: which tokens matter, how many each head keeps, how they are stored.
///
/// @param name as it reads in tables
public record Policy(String name, Scorer scorer, Allocator allocator, Codec codec) implements Kv {

  /// The same tokens shared out in another way.
  public Policy share(Allocator other) {
    return new Policy(name + ", " + other.name(), scorer, other, codec);
  }

  /// The same tokens stored in another way.
  public Policy store(Codec other) {
    return new Policy(name + " in " + other.name(), scorer, allocator, other);
  }

  /// The same policy under another name.
  public Policy named(String other) {
    return new Policy(other, scorer, allocator, codec);
  }

  /// This policy with what its allocator and codec learn from calibration texts.
  public Policy fit(Calibration calibration) {
    return fit(calibration, codec.fit(calibration));
  }

  /// The same, where the codec is fitted already.
  Policy fit(Calibration calibration, Codec fitted) {
    var stored = new Policy(name, scorer, allocator, fitted);
    return new Policy(name, scorer, allocator.fit(calibration, stored), fitted);
  }

  @Override
  public Policy policy() {
    return this;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "scorer", part(scorer, scorer.name(), scorer.configuration()),
        "allocator", part(allocator, allocator.name(), allocator.configuration()),
        "codec", part(codec, codec.name(), codec.configuration()));
  }

  /// One typed in a cell counts with its code, which may change under the same name.
  private static Map<String, ?> part(Object part, String name, Map<String, ?> settings) {
    return Map.of("name", name, "settings", settings, "code", Fingerprint.code(part.getClass()));
  }

  /// A policy that keeps every token takes what it takes.
  @Override
  public boolean ignores(String setting) {
    return keepsAll() && (setting.equals(Budget.SETTING) || setting.equals(Budget.KEY_BITS));
  }

  /// A cache that holds what this policy keeps of a prompt.
  ///
  /// @param budget for the prompt; a policy that keeps every token does not look at it
  /// @throws IllegalArgumentException if scorer and codec do not go together, or the budget is too
  ///   small for the tokens that are always kept
  public KvCache cache(Prompt prompt, Budget budget) {
    return cache(prompt, budget, null);
  }

  /// The same, where a cache has seen the beginning of the prompt already.
  ///
  /// @param earlier null for none; it stays as it is
  KvCache cache(Prompt prompt, Budget budget, KvCache earlier) {
    for (int layer = 0; layer < prompt.config().layers(); layer++) {
      requireFit(formats(layer, prompt.config()));
    }
    var arena = Arena.ofShared();
    try {
      return new KvCache(on(prompt), prompt, budget, earlier, arena);
    } catch (RuntimeException | Error refusal) {
      arena.close();
      throw refusal;
    }
  }

  /// A cache that [KvCache#save] wrote.
  ///
  /// @param config of the model whose cache it was
  /// @throws IllegalArgumentException if the file is malformed, or was written by another policy,
  ///   one fitted to other texts, or for a model of another shape
  /// @throws java.io.UncheckedIOException if it cannot be read
  public KvCache read(Path file, ModelConfig config) {
    return CacheFile.read(this, config, file);
  }

  private Policy on(Prompt prompt) {
    return new Policy(name, scorer.on(prompt), allocator, codec);
  }

  boolean keepsAll() {
    return scorer instanceof KeepAll;
  }

  /// How each head of a layer is stored.
  List<LayerFormat> formats(int layer, ModelConfig config) {
    return IntStream.range(0, config.kvHeads())
        .mapToObj(head -> codec.head(layer, head, config))
        .map(format -> scorer.reassignsPositions() ? format.beforeRope() : format)
        .toList();
  }

  /// Heads that keep the same tokens, stored alike, and so share a lane.
  int headsOfLane(List<LayerFormat> formats) {
    return scorer.sharedByHeads() && !codec.headsDiffer()
        ? formats.size()
        : formats.getFirst().headsTogether();
  }

  /// What is shared out of a prompt.
  ///
  /// @param earlier a cache that has seen its beginning, or null: what it gave up cannot be kept
  Demand demand(Prompt prompt, Budget budget, KvCache earlier) {
    var config = prompt.config();
    float[][][] importance = importance(scorer, prompt);
    if (earlier != null) {
      forget(importance, earlier);
    }
    int tokens = keepsAll() ? prompt.length() : tokensWithin(budget, prompt);
    var formats = IntStream.range(0, config.layers()).mapToObj(l -> formats(l, config)).toList();
    var left = budget.less(sheltering(prompt.length(), config, budget));
    return new Demand(prompt, importance, tokens, left, scorer, formats);
  }

  /// Bytes that tokens take in addition because the codec shelters them, at most.
  private long sheltering(int tokens, ModelConfig config, Budget budget) {
    int sheltered = Math.min(tokens, codec.sinkEntries() + codec.firstTokens());
    int parts = budget.keysAlone() ? 1 : 2;
    long bytes = 0;
    for (int layer = 0; sheltered > 0 && layer < config.layers(); layer++) {
      var format = formats(layer, config).getFirst();
      int channels = config.kvHeads() * config.headDim();
      bytes += parts * format.precise().bytes(sheltered, channels);
    }
    return bytes;
  }

  /// Tokens that are gone have no importance at all.
  private static void forget(float[][][] importance, KvCache earlier) {
    for (int layer = 0; layer < importance.length; layer++) {
      for (int head = 0; head < importance[layer].length; head++) {
        var places = earlier.places(layer, head);
        float[] row = importance[layer][head];
        for (int token = 0; token < earlier.position(); token++) {
          row[token] = places.containsKey(token) ? row[token] : Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  /// The importance of every token, `[layers][kvHeads][tokens]`, each layer's in arrays of its own.
  static float[][][] importance(Scorer scorer, Prompt prompt) {
    float[][][] importance = new float[prompt.config().layers()][][];
    for (int layer = 0; layer < importance.length; layer++) {
      int from = scorer.scoringLayer(layer);
      importance[layer] =
          from == layer
              ? scorer.importance(prompt, layer)
              : Arrays.stream(importance[from]).map(float[]::clone).toArray(float[][]::new);
    }
    return importance;
  }

  /// Tokens that each head can keep on average, at most those of the prompt.
  int tokensWithin(Budget budget, Prompt prompt) {
    long allowed = budget.bytes(prompt.length(), prompt.config());
    int least = scorer.sinks() + 1;
    if (bytes(least, prompt.config(), budget) > allowed) {
      throw new IllegalArgumentException(
          "A budget of %d bytes is too small for '%s', which always keeps %d tokens a head: they take %d."
              .formatted(allowed, name, least, bytes(least, prompt.config(), budget)));
    }
    // Downwards: a group of tokens that becomes complete takes fewer bytes than before.
    int tokens = prompt.length();
    while (tokens > least && bytes(tokens, prompt.config(), budget) > allowed) {
      tokens--;
    }
    return tokens;
  }

  /// Bytes of so many tokens a head in all layers, with as many of them sheltered as there can be:
  /// keys, values, positions and importance, or keys alone.
  private long bytes(int tokens, ModelConfig config, Budget budget) {
    long bytes = 0;
    long beside = Integer.BYTES + (scorer.evictsWhileDecoding() ? Float.BYTES : 0);
    int sheltered = Math.min(tokens, codec.sinkEntries() + codec.firstTokens());
    for (int layer = 0; layer < config.layers(); layer++) {
      var formats = formats(layer, config);
      var format = formats.getFirst();
      int heads = headsOfLane(formats);
      int channels = heads * config.headDim();
      long kept = format.precise().bytes(sheltered, channels);
      long lane =
          budget.keysAlone()
              ? format.keyBytes(tokens - sheltered, channels) + kept
              : format.bytes(tokens - sheltered, channels) + 2 * kept + beside * tokens;
      bytes += lane * (config.kvHeads() / heads);
    }
    return bytes;
  }

  private void requireFit(List<LayerFormat> formats) {
    var format = formats.getFirst();
    if (keepsAll() && !(allocator instanceof Uniform)) {
      throw new IllegalArgumentException(
          "'%s' keeps every token, so that '%s' has nothing to share out: choose a scorer that ranks tokens, such as SnapKv."
              .formatted(scorer.name(), allocator.name()));
    }
    boolean alike =
        format.groupTokens() == 1
            && format.recent() == 0
            && format.tiers() == 1
            && codec.sinkEntries() == 0
            && codec.firstTokens() == 0;
    if (scorer.evictsWhileDecoding() && !alike) {
      throw new IllegalArgumentException(
          "'%s' gives up single tokens while decoding, but '%s' does not store every token alike and by itself: choose a scorer that evicts once, such as SnapKv, or a per-token codec, such as int8."
              .formatted(scorer.name(), codec.name()));
    }
    if (scorer.evictsWhileDecoding() && scorer.sharedByHeads() && codec.headsDiffer()) {
      throw new IllegalArgumentException(
          "'%s' gives up the same tokens in all heads while decoding, but '%s' stores each head by itself: choose a scorer that evicts once, such as SnapKv."
              .formatted(scorer.name(), codec.name()));
    }
    if (!scorer.sharedByHeads() && format.headsTogether() > 1) {
      throw new IllegalArgumentException(
          "'%s' lets each head keep its own tokens, but '%s' codes %d heads as one vector: choose a codec that codes each head by itself."
              .formatted(scorer.name(), codec.name(), format.headsTogether()));
    }
  }
}
