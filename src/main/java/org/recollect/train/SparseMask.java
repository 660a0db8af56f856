package org.recollect.train;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import org.recollect.tensor.Weights;

/// Trains some entries of the weights and leaves the others as they are, to the bit: what LT-SFT
/// (Ansell et al., "Composable Sparse Fine-Tuning for Cross-Lingual Transfer", 2022,
/// arXiv:2110.07560, section 3) and its kin tune.
///
/// That is the same as to train `D` in `W + M * D` from zero: an optimiser that goes entry by entry
/// moves an entry by its own gradients alone, and those of `D` are `M` times those of `W`. Here
/// both ends of the step are masked, so that it also holds for the length at which gradients are
/// clipped and against weight decay or an optimiser that mixes entries; decay then pulls the chosen
/// entries towards zero, not towards where they began.
///
/// Whole matrices that stay as they are need no mask: give the trainer the others, by
/// [Weights#only].
///
/// @param mask 1 for an entry that is trained and 0 for one that is not, under the names of the
///   trained weights and in their shapes, such as [org.recollect.tensor.SparseDelta#mask]; borrowed
public record SparseMask(Weights mask) implements TrainingHook {

  @Override
  public void gradients(long step, Map<String, NDArray> gradients) {
    gradients.forEach((name, gradient) -> gradient.muli(of(name, gradient)));
  }

  @Override
  public boolean constrains() {
    return true;
  }

  @Override
  public void displacement(long step, Map<String, NDArray> displacements) {
    displacements.forEach((name, displacement) -> displacement.muli(of(name, displacement)));
  }

  private NDArray of(String name, NDArray masked) {
    var given = mask.get(name);
    if (!given.getShape().equals(masked.getShape())) {
      throw new IllegalArgumentException(
          "The mask of %s is %s, but the weight is %s: make one of its shape."
              .formatted(name, given.getShape(), masked.getShape()));
    }
    return given;
  }
}
