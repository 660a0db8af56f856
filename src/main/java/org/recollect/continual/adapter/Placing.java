package org.recollect.continual.adapter;

import java.util.Arrays;
import java.util.List;
import org.recollect.continual.Recipe;
import org.recollect.model.Adaptable;
import org.recollect.model.Lora;

/// Which linear maps LoRA is laid over, and how large it is.
///
/// @param rank of the products, at least 1
/// @param alpha their scale times the rank, above 0
/// @param kinds ends of the names of the maps, such as `q_proj`; none for all maps inside of blocks
public record Placing(int rank, double alpha, List<String> kinds) {
  /// A LoRA learns at a multiple of the rate of full tuning (inferred; 10 is usual for large models
  /// and small rates).
  private static final double RATE = 5;

  public Placing {
    kinds = List.copyOf(kinds);
    if (rank < 1 || !(alpha > 0)) {
      throw new IllegalArgumentException(
          "LoRA has a rank of at least 1 and a positive alpha, not %d and %s."
              .formatted(rank, alpha));
    }
  }

  /// On all maps inside of blocks, with an alpha of twice the rank.
  public static Placing everywhere(int rank) {
    return new Placing(rank, 2 * rank, List.of());
  }

  /// On some kinds of maps.
  public Placing on(String... others) {
    return new Placing(rank, alpha, Arrays.asList(others));
  }

  /// A recipe for LoRA, from one for all weights.
  Recipe recipe(Recipe usual) {
    return usual.rate(RATE * usual.rate());
  }

  /// The names of the maps in a model.
  List<String> maps(Adaptable<?> model) {
    return model.linearMaps().stream()
        .filter(map ->
            kinds.isEmpty()
                ? Adaptable.block(map).isPresent()
                : kinds.stream().anyMatch(map::endsWith))
        .toList();
  }

  /// An untrained one.
  Lora untrained(Adaptable<?> model, long seed) {
    return Lora.of(model, rank, alpha, seed, maps(model).toArray(String[]::new));
  }
}
