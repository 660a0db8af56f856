package org.recollect.kv;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.kernel.DecodeAttention;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.Heads;
import org.recollect.kernel.Kernels;
import org.recollect.model.KeyValueCache;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.model.Rope;

/// A ragged, paged cache of packed keys and values, filled from a prompt by a [Policy] and then
/// used token by token. Mutable, for one thread at a time; owns its native memory.
///
/// Heads that keep the same tokens share a lane; lanes of one layer, and layers, may differ in
/// length. [#bytes] counts the native pages and every array of positions and importances; it does
/// not count what does not grow with the text (Java objects, tables of angles).
public final class KvCache implements KeyValueCache {

  private final Policy policy;
  private final ModelConfig config;
  private final DecodeAttention attention = Kernels.decodeAttention();
  private final Arena arena;
  private final List<List<Lane>> layers = new ArrayList<>();
  private final boolean renumbered;
  private int position;
  private Witness witness;

  /// Who is told what decode steps looked at.
  interface Witness {

    /// One layer of a step.
    ///
    /// @param queries `[heads][headDim]`, before RoPE
    void asked(int layer, float[] queries);

    /// The attention that some heads of a layer paid to the tokens that they hold.
    ///
    /// @param firstHead the first of the key/value heads
    /// @param positions of the tokens `[tokens]`
    /// @param received by each token, summed over the queries of each head, `[kvHeads][tokens]`
    void attended(int layer, int firstHead, int[] positions, float[] received);
  }

  /// Fills the cache with what a policy keeps of a prompt.
  ///
  /// @param earlier a cache that has seen the beginning of the prompt: what it gave up is gone, and
  ///   what it holds is taken over as it is coded; null for none
  /// @param arena of its own, closed with the cache
  KvCache(Policy policy, Prompt prompt, Budget budget, KvCache earlier, Arena arena) {
    this(policy, prompt.config(), prompt.length(), arena);
    var rope = Rope.of(config);
    var demand = policy.demand(prompt, budget, earlier);
    var retention = policy.allocator().retain(demand);
    for (int layer = 0; layer < config.layers(); layer++) {
      var formats = demand.formats().get(layer);
      int laneHeads = policy.headsOfLane(formats);
      boolean[] sheltered = sheltered(policy.codec(), prompt, layer);
      var lanes = new ArrayList<Lane>();
      for (int head = 0; head < config.kvHeads(); head += laneHeads) {
        var format = formats.get(head);
        var retained = retention.head(layer, head);
        requireAlike(retention.heads()[layer], head, laneHeads, policy);
        int[] kept = retained.tokens();
        var rows = Rows.of(prompt, layer, format, head, laneHeads).pick(kept);
        var shelteredRows = new boolean[kept.length];
        for (int row = 0; row < kept.length; row++) {
          shelteredRows[row] = sheltered[kept[row]];
        }
        var heads = new Heads(laneHeads, config.groupSize(), config.headDim());
        var lane =
            new Lane(arena, heads, rope, format, policy.scorer(), kept.length, prompt.length());
        lane.fill(
            rows,
            retained.tiers(),
            shelteredRows,
            demand.importance()[layer][head],
            earlier == null ? Map.of() : earlier.places(layer, head));
        lanes.add(lane);
      }
      layers.add(List.copyOf(lanes));
    }
  }

  private KvCache(Policy policy, ModelConfig config, int position, Arena arena) {
    this.policy = policy;
    this.config = config;
    this.position = position;
    this.arena = arena;
    this.renumbered = policy.scorer().reassignsPositions();
  }

  /// A cache that holds what another one held.
  ///
  /// @param layers by layer, one state a lane
  static KvCache restored(
      Policy policy, ModelConfig config, int position, List<List<Lane.State>> layers) {
    var cache = new KvCache(policy, config, position, Arena.ofShared());
    try {
      for (int layer = 0; layer < layers.size(); layer++) {
        var formats = policy.formats(layer, config);
        int laneHeads = policy.headsOfLane(formats);
        var heads = new Heads(laneHeads, config.groupSize(), config.headDim());
        var lanes = new ArrayList<Lane>();
        for (var state : layers.get(layer)) {
          var format = formats.get(lanes.size() * laneHeads);
          var lane =
              new Lane(
                  cache.arena,
                  heads,
                  Rope.of(config),
                  format,
                  policy.scorer(),
                  state.kept(),
                  state.prompt());
          lane.restore(state);
          lanes.add(lane);
        }
        cache.layers.add(List.copyOf(lanes));
      }
      return cache;
    } catch (RuntimeException | Error failure) {
      cache.close();
      throw failure;
    }
  }

  /// A cache of its own that holds the same.
  public KvCache copy() {
    return restored(policy, config, position, states());
  }

  /// Writes all that is held, codes as they are, as a safetensors file from which [Policy#read]
  /// goes on. The file appears when it is complete.
  ///
  /// @throws java.io.UncheckedIOException when it cannot be written; nothing is left behind
  public void save(Path file) {
    CacheFile.write(policy, config, position, states(), file);
  }

  private List<List<Lane.State>> states() {
    return layers.stream().map(lanes -> lanes.stream().map(Lane::state).toList()).toList();
  }

  @Override
  public int position() {
    return position;
  }

  @Override
  public void attend(int layer, float[] queries, float[] keys, float[] values, float[] output) {
    requireShapes(layer, queries, keys, values, output);
    var lanes = layers.get(layer);
    if (witness != null) {
      witness.asked(layer, queries);
    }
    var steps = new ArrayList<DecodeStep>();
    for (int i = 0; i < lanes.size(); i++) {
      steps.add(
          lanes
              .get(i)
              .append(
                  position,
                  part(queries, i, lanes.size()),
                  part(keys, i, lanes.size()),
                  part(values, i, lanes.size()),
                  witness != null));
    }
    var attended = attention.attend(steps);
    int queryPart = queries.length / lanes.size();
    for (int i = 0; i < lanes.size(); i++) {
      if (witness != null) {
        int firstHead = i * config.kvHeads() / lanes.size();
        int[] positions = lanes.get(i).store().positions();
        witness.attended(layer, firstHead, positions, attended.get(i).columnSums());
      }
      float[] found = lanes.get(i).finish(attended.get(i));
      System.arraycopy(found, 0, output, i * queryPart, queryPart);
    }
    if (layer == layers.size() - 1) {
      position++;
    }
  }

  private static float[] part(float[] whole, int part, int parts) {
    int length = whole.length / parts;
    return Arrays.copyOfRange(whole, part * length, (part + 1) * length);
  }

  /// From now on, tells someone what decode steps look at.
  void witnessedBy(Witness other) {
    witness = other;
  }

  /// Where a head's tokens lie, by their position.
  Map<Integer, LaneStore.Slot> places(int layer, int kvHead) {
    return lane(layer, kvHead).places();
  }

  /// What the cache holds as plain vectors, by layer.
  List<Unpacked> unpacked() {
    return layers.stream().map(lanes -> Unpacked.of(lanes, config, renumbered)).toList();
  }

  /// The position that the next token has for RoPE: that in the text, or in the cache where tokens
  /// are renumbered.
  ///
  /// @throws IllegalStateException if heads disagree about it
  int nextPlace() {
    if (!renumbered) {
      return position;
    }
    int place = tokens(0, 0);
    for (int layer = 0; layer < config.layers(); layer++) {
      for (int head = 0; head < config.kvHeads(); head++) {
        if (tokens(layer, head) != place) {
          throw new IllegalStateException(
              "Tokens are renumbered within the cache, but heads hold different numbers of them: share uniformly, or read the text at once.");
        }
      }
    }
    return place;
  }

  /// Tokens that a head holds.
  public int tokens(int layer, int kvHead) {
    return lane(layer, kvHead).tokens();
  }

  /// The lanes of a layer, in the order of their heads.
  List<Lane> lanes(int layer) {
    return layers.get(layer);
  }

  /// Bytes held now: pages whole, in use or not, with positions and importances.
  @Override
  public long bytes() {
    return layers.stream().flatMap(List::stream).mapToLong(Lane::bytes).sum();
  }

  /// Bytes that the next decode step reads: the tokens in use.
  public long bytesRead() {
    return layers.stream().flatMap(List::stream).mapToLong(Lane::bytesInUse).sum();
  }

  /// Bytes of the keys in use, positions not counted.
  long keyBytes() {
    return layers.stream().flatMap(List::stream).mapToLong(lane -> lane.store().keyBytes()).sum();
  }

  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }

  private Lane lane(int layer, int kvHead) {
    var lanes = layers.get(layer);
    return lanes.get(kvHead * lanes.size() / config.kvHeads());
  }

  /// Tokens that a codec leaves uncoded: the first ones, and those marked by the largest entries of
  /// the layer's input.
  private static boolean[] sheltered(Codec codec, Prompt prompt, int layer) {
    int entries = codec.sinkEntries();
    var massive = prompt.layer(layer).massive();
    if (massive.size() < entries && massive.size() < prompt.length()) {
      throw new IllegalArgumentException(
          "The %d largest entries of each layer's input mark the sinks, but the prompt recorded %d."
              .formatted(entries, massive.size()));
    }
    boolean[] sheltered = new boolean[prompt.length()];
    Arrays.fill(sheltered, 0, Math.min(codec.firstTokens(), prompt.length()), true);
    massive.stream().limit(entries).forEach(activation -> sheltered[activation.token()] = true);
    return sheltered;
  }

  private void requireShapes(
      int layer, float[] queries, float[] keys, float[] values, float[] out) {
    int wide = config.heads() * config.headDim();
    int narrow = config.kvHeads() * config.headDim();
    if (layer < 0
        || layer >= config.layers()
        || queries.length != wide
        || out.length != wide
        || keys.length != narrow
        || values.length != narrow) {
      throw new IllegalArgumentException(
          "A token has %d numbers of queries and output and %d of keys and values in each of %d layers; got %d, %d, %d and %d for layer %d."
              .formatted(
                  wide,
                  narrow,
                  config.layers(),
                  queries.length,
                  out.length,
                  keys.length,
                  values.length,
                  layer));
    }
  }

  private static void requireAlike(Retention.Head[] layer, int head, int heads, Policy policy) {
    for (int other = head + 1; other < head + heads; other++) {
      if (!layer[other].sameAs(layer[head])) {
        throw new IllegalArgumentException(
            "'%s' gives heads of a layer different tokens, but '%s' keeps the same tokens for %d heads: share uniformly."
                .formatted(policy.allocator().name(), policy.name(), heads));
      }
    }
  }
}
