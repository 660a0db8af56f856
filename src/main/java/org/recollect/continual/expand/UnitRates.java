package org.recollect.continual.expand;

import ai.djl.ndarray.NDArray;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.ToDoubleBiFunction;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Weights;

/// The rate of each tensor as a multiple of the usual one, the lower the more something else needs
/// it: with the importance `I_u` of a tensor `u`,
///
/// `2 (I_max - I_u) / (I_max - I_min)`,
///
/// 0 for the most important and 2 for the least; 1 where all are as important.
///
/// @param factors by tensor, 0 to 2
record UnitRates(SequencedMap<String, Double> factors) {

  /// The usual rate for all.
  static UnitRates uniform(Weights tensors) {
    var factors = new LinkedHashMap<String, Double>();
    tensors.names().forEach(name -> factors.put(name, 1.0));
    return new UnitRates(factors);
  }

  /// @param importance by tensor
  static UnitRates of(SequencedMap<String, Double> importance) {
    double most = Collections.max(importance.values());
    double least = Collections.min(importance.values());
    var factors = new LinkedHashMap<String, Double>();
    importance.forEach((name, value) ->
        factors.put(name, most == least ? 1 : 2 * (most - value) / (most - least)));
    return new UnitRates(factors);
  }

  /// From the importance `mean over entries of |w| |g|` of each tensor.
  ///
  /// @param gradients mean size of the gradient of each entry, under the tensors' names
  static UnitRates of(Weights tensors, Weights gradients) {
    var importance = new LinkedHashMap<String, Double>();
    ToDoubleBiFunction<float[], float[]> mean =
        (weights, sizes) -> {
          double sum = 0;
          for (int i = 0; i < weights.length; i++) {
            sum += Math.abs((double) weights[i]) * sizes[i];
          }
          return sum / weights.length;
        };
    tensors
        .asMap()
        .forEach((name, tensor) ->
            importance.put(
                name,
                mean.applyAsDouble(Memory.toFloats(tensor), Memory.toFloats(gradients.get(name)))));
    return of(importance);
  }

  /// Multiplies in place what each tensor is about to move by.
  ///
  /// @param displacements of at least these tensors
  void scale(Map<String, NDArray> displacements) {
    factors.forEach((name, factor) -> {
      var displacement = displacements.get(name);
      Memory.view(displacement).copyFrom(Memory.view(Ops.scale(displacement, factor)));
    });
  }

  /// In the order of the tensors, `[tensors]`.
  double[] values() {
    return factors.values().stream().mapToDouble(factor -> factor).toArray();
  }

  /// The same tensors at other rates.
  ///
  /// @param values `[tensors]`
  UnitRates with(double... values) {
    var changed = new LinkedHashMap<String, Double>();
    int at = 0;
    for (String name : factors.sequencedKeySet()) {
      changed.put(name, values[at++]);
    }
    return new UnitRates(changed);
  }
}
