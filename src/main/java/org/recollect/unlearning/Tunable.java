package org.recollect.unlearning;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.DoubleFunction;

/// An unlearner with numbers that a [Tuner] chooses.
public interface Tunable extends Unlearner {

  /// How many variants each has: the budget that all share.
  int VARIANTS = 6;

  /// What there is to choose from, [#VARIANTS] of them, each under the same name: by what tells it
  /// apart, such as `rate 0.001, gamma 0.1`.
  SequencedMap<String, Unlearner> variants();

  /// Variants in a learning rate alone, from 1e-4 to 3e-3.
  static SequencedMap<String, Unlearner> rates(DoubleFunction<? extends Unlearner> variant) {
    var variants = new LinkedHashMap<String, Unlearner>();
    for (double rate : new double[] {1e-4, 2e-4, 4e-4, 8e-4, 1.5e-3, 3e-3}) {
      variants.put("rate " + rate, variant.apply(rate));
    }
    return variants;
  }
}
