package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A mixture of LoRA experts on each linear map, of which a router picks a few for every token
/// (Shazeer et al., "Outrageously Large Neural Networks", 2017, arXiv:1701.06538, section 2.1):
///
/// `p = softmax(R x)`\
/// `y = W x + scale sum over the top experts e of p_e / (sum of the top p) B_e A_e x`
///
/// which is a softmax over the logits of the chosen alone. Which are chosen is a constant of the
/// pass; the gradient reaches the router through the gates. `A` and the router start normal with a
/// variance of 1 / in, `B` at zero: experts that have not been trained change nothing. Owns its
/// weights.
///
/// @param experts on each map
/// @param top how many of them a token uses
/// @param scale of their products; `alpha / sqrt(rank)` keeps its size at every rank (Kalajdzievski
///   2023, arXiv:2312.03732)
/// @param weights `<linear map>.lora_A.weight` `[experts * rank][in]`, `<linear map>.lora_B.weight`
///   `[out][experts * rank]` and `<linear map>.router.weight` `[experts][in]`
/// @param noise added to the router's logits, none by default
/// @param tap sees the routers' choices
public record LoraExperts(
    int experts, int top, double scale, Weights weights, Noise noise, GateTap tap)
    implements Overlay {

  private static final String ROUTER = ".router.weight";

  /// Normal noise, which lets experts be tried that the router would not choose. It is for training
  /// only.
  ///
  /// @param random draws it, in the order of the forward passes; null where there is none
  /// @param deviation its standard deviation in nats; that of a learned one starts at log 2
  public record Noise(RandomStream random, double deviation) {
    static final Noise NONE = new Noise(null, 0);

    NDArray on(NDArray logits) {
      return random == null
          ? logits
          : logits.add(random.gaussian(logits.getManager(), logits.getShape(), deviation));
    }
  }

  public LoraExperts {
    if (top < 1 || experts < top) {
      throw new IllegalArgumentException(
          "A token uses at least one expert and at most all: not %d of %d."
              .formatted(top, experts));
    }
    LowRank.requireScale(scale);
  }

  /// Untrained experts without noise.
  ///
  /// @param rank of one expert
  /// @param seed of the first matrices
  /// @param kinds ends of the names of the maps, as for [Lora#of]
  /// @throws IllegalArgumentException if the model has no linear map of a kind
  public static LoraExperts of(
      Adaptable<?> model,
      int experts,
      int top,
      int rank,
      double scale,
      long seed,
      String... kinds) {
    if (rank < 1) {
      throw new IllegalArgumentException(
          "An expert has a rank of at least 1, not %d.".formatted(rank));
    }
    var shapes = Lora.shapes(model, kinds);
    try (var manager = Torch.manager()) {
      var arrays = Lora.untrained(manager, shapes, Math.multiplyExact(experts, rank), seed);
      shapes.forEach((map, shape) -> {
        long in = shape.get(1);
        arrays.put(
            map + ROUTER,
            RandomStream.of(seed, "router", map)
                .gaussian(manager, new Shape(experts, in), 1 / Math.sqrt(in)));
      });
      return new LoraExperts(experts, top, scale, Weights.of(arrays), Noise.NONE, GateTap.NONE);
    }
  }

  /// The same experts with noise on the routers' logits.
  public LoraExperts noisy(RandomStream random, double deviation) {
    return new LoraExperts(experts, top, scale, weights, new Noise(random, deviation), tap);
  }

  /// The same experts, observed, such as by a [LoadBalance].
  public LoraExperts tapped(GateTap tap) {
    return new LoraExperts(experts, top, scale, weights, noise, tap);
  }

  @Override
  public SequencedMap<String, Adapter> adapters() {
    var adapters = new LinkedHashMap<String, Adapter>();
    for (String map : Lora.linearMaps(weights)) {
      var factors = new LowRank(weights.get(map + Lora.A), weights.get(map + Lora.B), scale);
      adapters.put(
          map,
          (input, output) -> {
            var gates = gates(map, input);
            return factors.add(output, LowRank.gated(factors.activations(input), gates));
          });
    }
    return adapters;
  }

  /// `[...][experts]`
  private NDArray gates(String map, NDArray input) {
    var probabilities = Ops.softmax(noise.on(Ops.linear(input, weights.get(map + ROUTER))));
    var chosen = probabilities.mul(TopMask.of(probabilities, top));
    var gates = chosen.div(chosen.sum(new int[] {-1}, true));
    tap.routed(map, probabilities, gates);
    tap.gates(map, gates);
    return gates;
  }

  /// The copy has neither noise nor an observer.
  @Override
  public LoraExperts copy() {
    return new LoraExperts(experts, top, scale, weights.copy(), Noise.NONE, GateTap.NONE);
  }

  @Override
  public void close() {
    weights.close();
  }
}
