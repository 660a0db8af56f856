package org.recollect.model;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.recollect.tensor.Precision;

/// What is laid over a model's own way of computing.
///
/// @param replacements linear maps that are computed in another way, by name
/// @param adapters overlays on what linear maps give, by name, in the order of their application
/// @param gate which tokens later ones see; empty where they see all
/// @param before what stands before every text; empty for nothing
/// @param precision of the factors of matrix products
record Overlays(
    Map<String, LinearMap> replacements,
    Map<String, List<Adapter>> adapters,
    Optional<KeyGate> gate,
    Optional<VirtualTokens> before,
    Precision precision) {

  static final Overlays NONE =
      new Overlays(Map.of(), Map.of(), Optional.empty(), Optional.empty(), Precision.FLOAT32);

  Overlays {
    replacements = Map.copyOf(replacements);
    adapters = Map.copyOf(adapters);
  }

  Overlays with(String linearName, Adapter adapter) {
    var onMap = new ArrayList<>(on(linearName));
    onMap.add(adapter);
    var all = new HashMap<>(adapters);
    all.put(linearName, List.copyOf(onMap));
    return new Overlays(replacements, all, gate, before, precision);
  }

  Overlays with(Map<String, ? extends LinearMap> maps) {
    var all = new HashMap<>(replacements);
    all.putAll(maps);
    return new Overlays(all, adapters, gate, before, precision);
  }

  Overlays with(KeyGate other) {
    return new Overlays(replacements, adapters, Optional.of(other), before, precision);
  }

  Overlays with(VirtualTokens other) {
    return new Overlays(replacements, adapters, gate, Optional.of(other), precision);
  }

  Overlays with(Precision other) {
    return new Overlays(replacements, adapters, gate, before, other);
  }

  List<Adapter> on(String linearName) {
    return adapters.getOrDefault(linearName, List.of());
  }

  /// Whether the model computes in its own way, in whatever precision.
  boolean isEmpty() {
    return replacements.isEmpty() && adapters.isEmpty() && gate.isEmpty() && before.isEmpty();
  }
}
