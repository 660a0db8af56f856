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
/// @param precision of the factors of matrix products
record Overlays(
    Map<String, LinearMap> replacements,
    Map<String, List<Adapter>> adapters,
    Optional<KeyGate> gate,
    Precision precision) {

  static final Overlays NONE =
      new Overlays(Map.of(), Map.of(), Optional.empty(), Precision.FLOAT32);

  Overlays {
    replacements = Map.copyOf(replacements);
    adapters = Map.copyOf(adapters);
  }

  Overlays with(String linearName, Adapter adapter) {
    var onMap = new ArrayList<>(on(linearName));
    onMap.add(adapter);
    var all = new HashMap<>(adapters);
    all.put(linearName, List.copyOf(onMap));
    return new Overlays(replacements, all, gate, precision);
  }

  Overlays with(Map<String, ? extends LinearMap> maps) {
    var all = new HashMap<>(replacements);
    all.putAll(maps);
    return new Overlays(all, adapters, gate, precision);
  }

  Overlays with(KeyGate other) {
    return new Overlays(replacements, adapters, Optional.of(other), precision);
  }

  Overlays with(Precision other) {
    return new Overlays(replacements, adapters, gate, other);
  }

  List<Adapter> on(String linearName) {
    return adapters.getOrDefault(linearName, List.of());
  }
}
