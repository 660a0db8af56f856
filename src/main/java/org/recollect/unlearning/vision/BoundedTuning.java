package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// The control of [GroupSparseLora]: the same [BoundedAscent] on all weights, alone or with one of
/// the older ways to hold a model to what it was, which the authors' repository has as baselines.
///
/// @param name as tables show it
/// @param ascent with a rate for whole weights
/// @param hold what is added to its loss
/// @param strength weight of that, at least 0
public record BoundedTuning(String name, BoundedAscent ascent, Hold hold, double strength)
    implements Eraser {

  /// A way to hold a model to what it was.
  public enum Hold {
    /// Nothing is added.
    NOTHING,
    /// Half the squared distance to the weights that came with the request.
    L2,
    /// LwF (Li and Hoiem, "Learning without Forgetting", 2016, arXiv:1606.09282, equations 2 and
    /// 3): the cross-entropy, in nats, between the old answers to kept pictures and the new ones,
    /// both softened by a temperature of 2.
    LWF
  }

  private static final double TEMPERATURE = 2;

  public BoundedTuning {
    if (!(strength >= 0)) {
      throw new IllegalArgumentException(
          "A model is held with a strength of 0 or more, not %s.".formatted(strength));
    }
  }

  /// All weights, freely.
  public static BoundedTuning full() {
    return new BoundedTuning("full tuning", BoundedAscent.ofWeights(), Hold.NOTHING, 0);
  }

  /// All weights, each pulled back to where it was.
  public static BoundedTuning l2(double strength) {
    return new BoundedTuning("L2", BoundedAscent.ofWeights(), Hold.L2, strength);
  }

  /// All weights, held by the old answers. The paper of LwF weighs them 1.
  public static BoundedTuning lwf(double strength) {
    return new BoundedTuning("LwF", BoundedAscent.ofWeights(), Hold.LWF, strength);
  }

  /// The same under another name.
  public BoundedTuning named(String name) {
    return new BoundedTuning(name, ascent, hold, strength);
  }

  /// The same with another ascent.
  public BoundedTuning ascent(BoundedAscent ascent) {
    return new BoundedTuning(name, ascent, hold, strength);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("ascent", ascent.configuration(), "hold", hold, "strength", strength);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return new Path(this, request, request.copy());
  }

  /// A request being served.
  private static final class Path extends BoundedErasing {
    private final BoundedTuning method;
    private final ImageClassifier before;
    private final ImageClassifier tuned;

    Path(BoundedTuning method, PictureRequest request, ImageClassifier copy) {
      super(method.ascent, request, copy, copy.trainable());
      this.method = method;
      this.before = request.model();
      this.tuned = copy.training();
    }

    @Override
    ImageClassifier tuned() {
      return tuned;
    }

    @Override
    Optional<NDArray> added(Seen kept, Seen forgotten) {
      var term =
          switch (method.hold) {
            case NOTHING -> Optional.<NDArray>empty();
            case L2 -> Optional.of(Ops.scale(squaredDistance(), .5));
            case LWF -> Optional.of(oldAnswers(kept));
          };
      return term.map(value -> Ops.scale(value, method.strength));
    }

    private NDArray squaredDistance() {
      return classifier().weights().asMap().entrySet().stream()
          .filter(weight -> before.learns(weight.getKey()))
          .map(weight -> weight.getValue().sub(before.weights().get(weight.getKey())))
          .map(change -> Ops.square(change).sum())
          .reduce(NDArray::add)
          .orElseThrow();
    }

    private NDArray oldAnswers(Seen kept) {
      NDArray old;
      try (var _ = Torch.withoutGradients()) {
        old = Ops.softmax(Ops.scale(before.logits(kept.pictures()), 1 / TEMPERATURE));
      }
      var now = Ops.logSoftmax(Ops.scale(kept.logits(), 1 / TEMPERATURE));
      return old.mul(now).sum(new int[] {1}).mean().neg();
    }
  }
}
