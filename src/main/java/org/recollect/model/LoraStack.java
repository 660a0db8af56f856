package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.tensor.Weights;

/// A LoRA for each task so far, all of the same linear maps, whose sum is added:
///
/// `y = W x + sum over tasks t of (alpha / rank) B_t A_t x`
///
/// Only the newest is trained; those before it are frozen (Wang et al., "Orthogonal Subspace
/// Learning for Language Model Continual Learning", 2023, arXiv:2310.14152). One of them by itself
/// is [#loras]`.get(t).on(model)`. Mutable: [#grow] adds one, under models that have this overlay
/// already as well. Owns them all.
///
/// ```java
/// try (var stack = new LoraStack(Lora.of(model, 8, 16, 1, "q_proj", "v_proj"))) {
///   var tuned = stack.on(model);
///   // ... train stack.weights() on the first task
///   stack.grow(2);                        // tuned predicts as before
///   // ... train stack.weights(), those of the new one, on the second
/// }
/// ```
public final class LoraStack implements MergeableOverlay {
  private final List<Lora> loras = new ArrayList<>();

  /// A stack of one, which it takes over.
  public LoraStack(Lora first) {
    loras.add(first);
  }

  /// Freezes what there is and adds an untrained LoRA of the newest's rank.
  ///
  /// @param seed of its first matrices
  /// @return the new one
  public Lora grow(long seed) {
    return grow(newest().restarted(seed));
  }

  /// Freezes what there is and adds a LoRA, which the stack takes over; it may have another rank.
  ///
  /// @return the new one
  /// @throws IllegalArgumentException if it adapts other linear maps than those before
  public Lora grow(Lora next) {
    if (!next.linearMaps().equals(newest().linearMaps())) {
      throw new IllegalArgumentException(
          "The LoRA adapts %s, but those before it adapt %s: make it for the same maps."
              .formatted(next.linearMaps(), newest().linearMaps()));
    }
    loras.add(next);
    return next;
  }

  /// One a task, the newest last.
  public List<Lora> loras() {
    return List.copyOf(loras);
  }

  /// The one that is trained.
  public Lora newest() {
    return loras.getLast();
  }

  /// The names of the linear maps that are adapted.
  public List<String> linearMaps() {
    return newest().linearMaps();
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    for (String map : linearMaps()) {
      adapters.put(map, (input, output) -> factors(map).apply(input, output));
    }
    return adapters;
  }

  /// The weights of the newest.
  @Override
  public Weights weights() {
    return newest().weights();
  }

  @Override
  public NDArray difference(String linearMap) {
    return factors(linearMap).product();
  }

  /// The sum, its ranks in the order of the tasks.
  LowRank factors(String map) {
    return LowRank.sum(loras.stream().map(lora -> lora.factors(map)).toList());
  }

  @Override
  public LoraStack copy() {
    var copy = new LoraStack(loras.getFirst().copy());
    loras.stream().skip(1).forEach(lora -> copy.grow(lora.copy()));
    return copy;
  }

  @Override
  public void close() {
    loras.forEach(Lora::close);
  }
}
