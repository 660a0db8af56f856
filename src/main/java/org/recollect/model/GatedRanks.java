package org.recollect.model;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.recollect.tensor.Weights;

/// A growing bank of experts of rank one on each linear map, whose gates depend on what all of them
/// find in the input: with row `a_i` of `A` as the key of expert `i`, column `b_i` of `B` as its
/// value, and `u_i = a_i x`,
///
/// `y = W x + scale sum over i of w_i(u) b_i u_i`
///
/// Each task adds the ranks of a LoRA to a [LoraStack]; those before are frozen. With
/// [RankGate#OPEN] this is the stack itself. Untrained ranks change nothing. A stack that is grown
/// grows this overlay; closing it closes the stack.
///
/// @param ranks of all tasks, in order
/// @param gate of the ranks, the same on every map
/// @param tap sees the gates
public record GatedRanks(LoraStack ranks, RankGate gate, GateTap tap) implements Overlay {

  /// A bank that nobody observes.
  public GatedRanks(LoraStack ranks, RankGate gate) {
    this(ranks, gate, GateTap.NONE);
  }

  /// The same ranks, observed.
  public GatedRanks tapped(GateTap tap) {
    return new GatedRanks(ranks, gate, tap);
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    for (String map : ranks.linearMaps()) {
      adapters.put(
          map,
          (input, output) -> {
            var factors = ranks.factors(map);
            var activations = factors.activations(input);
            var gates = gate.gates(activations);
            tap.gates(map, gates);
            return factors.add(output, activations.mul(gates));
          });
    }
    return adapters;
  }

  /// The weights of the newest ranks.
  @Override
  public Weights weights() {
    return ranks.weights();
  }

  /// The copy has no observer.
  @Override
  public GatedRanks copy() {
    return new GatedRanks(ranks.copy(), gate);
  }

  @Override
  public void close() {
    ranks.close();
  }
}
