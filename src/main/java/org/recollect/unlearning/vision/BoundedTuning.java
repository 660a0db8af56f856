package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.WeightImportance;

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
    /// EWC (Kirkpatrick et al., "Overcoming catastrophic forgetting in neural networks", 2017,
    /// arXiv:1612.00796, equation 3): the same, with each weight's square by its diagonal Fisher
    /// information on what is kept ([WeightImportance]).
    EWC,
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

  /// All weights, each pulled back the harder the more depends on it. Fisher information is small
  /// where a model is sure, so that strengths are large.
  public static BoundedTuning ewc(double strength) {
    return new BoundedTuning("EWC", BoundedAscent.ofWeights(), Hold.EWC, strength);
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
    private final Optional<Weights> fisher;

    Path(BoundedTuning method, PictureRequest request, ImageClassifier copy) {
      super(method.ascent, request, copy, copy.trainable());
      this.method = method;
      this.before = request.model();
      this.tuned = copy.training();
      this.fisher = method.hold == Hold.EWC ? Optional.of(fisher(request)) : Optional.empty();
    }

    private static Weights fisher(PictureRequest request) {
      request.learnedFrom(request.retain().size());
      return WeightImportance.fisher(request.model(), request.retain());
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
            case L2, EWC -> Optional.of(Ops.scale(squaredDistance(), .5));
            case LWF -> Optional.of(oldAnswers(kept));
          };
      return term.map(value -> Ops.scale(value, method.strength));
    }

    private NDArray squaredDistance() {
      return before.trainable().names().stream()
          .map(this::squaredDistance)
          .reduce(NDArray::add)
          .orElseThrow();
    }

    private NDArray squaredDistance(String name) {
      var change = classifier().weights().get(name).sub(before.weights().get(name));
      var squares = Ops.square(change);
      return fisher.map(importance -> squares.mul(importance.get(name))).orElse(squares).sum();
    }

    private NDArray oldAnswers(Seen kept) {
      NDArray old;
      try (var _ = Torch.withoutGradients()) {
        old = Ops.softmax(Ops.scale(before.logits(kept.pictures()), 1 / TEMPERATURE));
      }
      var now = Ops.logSoftmax(Ops.scale(kept.logits(), 1 / TEMPERATURE));
      return old.mul(now).sum(new int[] {1}).mean().neg();
    }

    @Override
    public void close() {
      super.close();
      fisher.ifPresent(Weights::close);
    }
  }
}
