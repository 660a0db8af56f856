package org.recollect.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.util.ArrayList;
import java.util.List;
import org.recollect.tensor.Ops;

/// The price of routers that favour some experts (Fedus et al., "Switch Transformers", 2022,
/// arXiv:2101.03961, equation 4, for several experts a token):
///
/// `experts * sum over e of mean(p_e) * mean(1[gate_e > 0])`
///
/// with means over the tokens of a pass, itself a mean over the linear maps (inferred). It is `top`
/// where all experts are used alike and grows as the load gathers. The gradient reaches the router
/// through `p`; the share of tokens is a constant. Mutable: sees the passes since it was last
/// asked.
///
/// ```java
/// var balance = new LoadBalance();
/// var tuned = experts.tapped(balance).on(model);
/// trainer.step(() -> NextToken.loss(tuned, batch).add(Ops.scale(balance.loss(), .01)));
/// ```
public final class LoadBalance implements GateTap {
  private final List<NDArray> terms = new ArrayList<>();

  @Override
  public void routed(String linearMap, NDArray probabilities, NDArray gates) {
    int experts = Math.toIntExact(gates.getShape().getLastDimension());
    var used = gates.duplicate().gt(0).toType(DataType.FLOAT32, false);
    var load = used.reshape(-1, experts).mean(new int[] {0});
    var probability = probabilities.reshape(-1, experts).mean(new int[] {0});
    terms.add(Ops.scale(probability.mul(load).sum(), experts));
  }

  /// The price of the passes since the last call, a scalar, differentiable; to be asked in the
  /// scope of those passes.
  ///
  /// @throws IllegalStateException if there was none
  public NDArray loss() {
    if (terms.isEmpty()) {
      throw new IllegalStateException(
          "No routing was seen since the last call: compute the model's loss first, with experts that are tapped by this.");
    }
    var mean = Ops.scale(terms.stream().reduce(NDArray::add).orElseThrow(), 1. / terms.size());
    terms.clear();
    return mean;
  }
}
