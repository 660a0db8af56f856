package org.recollect.unlearning.vision;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.Optional;
import org.recollect.model.Lora;
import org.recollect.model.Prototypes;
import org.recollect.model.VisionTransformer;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Weights;
import org.recollect.train.MovingAverage;
import org.recollect.train.Predictions;

/// GS-LoRA and GS-LoRA++ (Zhao et al., "Continual Forgetting for Pre-trained Vision Models", 2024,
/// arXiv:2403.11530, and "Practical Continual Forgetting for Pre-trained Vision Models", 2025,
/// arXiv:2501.09705): a stream of requests to forget classes is served by small adapters, and a
/// penalty leaves most blocks of the Transformer as they were.
///
/// Each request gets new adapters of rank 8 on both linear maps of every feed-forward network;
/// everything else is frozen. They go down
///
/// `L = CE(D_r) + beta ReLU(bound - CE(D_f)) + alpha sum_g ||g||`
///
/// with the Euclidean length of all adapters of a block for `||g||`, and are then merged into the
/// weights, on which the next request starts. GS-LoRA++ adds what is typical of each class,
///
/// `gamma_f ReLU(bound_p - KL(proto_y || e(x_f))) + gamma_r KL(proto_y || e(x_r))`,
///
/// where `proto_y [classes]` is the mean of the logits `e` of the class's pictures, by the model as
/// it comes with the request, and it gives an exponential moving average of the adapters.
///
/// Confirmed by the authors' repository: rank, maps and scale (1 / 8), the groups, AdamW with its
/// rate and decay, beta, alpha 1e-4 or 0.01, the bounded terms, which model gives the prototypes,
/// the average (decay 0.9 from three tenths of the steps on). Inferred: a bound of `2 ln C` for a
/// plain softmax, see [BoundedAscent], and the same for the prototypes, whose 18 or 50 is on a
/// CosFace scale; gammas for that scale; an average over steps, of the adapters before they are
/// multiplied. Not followed: the checkpoint with the best H on the test pictures is chosen there,
/// the last one here; few-shot prototypes take 20 augmented copies of each picture there, none
/// here.
///
/// @param name as tables show it
/// @param ascent of the first two terms
/// @param rank of the adapters, at least 1
/// @param alpha weight of the group penalty, at least 0; 0 leaves plain LoRA. 0.05 (inferred) is
///   what empties some blocks in requests of 160 steps and keeps the others
/// @param warm share of the steps before the penalty sets in, 0 to 1; .3 in the script for missing
///   classes, and here throughout: a model that is sure of what it is to forget gives hardly any
///   gradient at first, and a penalty from the first step on empties all blocks before it does
/// @param group what the penalty empties; blocks in the paper, linear maps and matrices in its
///   ablations
/// @param plus what GS-LoRA++ adds
public record GroupSparseLora(
    String name,
    BoundedAscent ascent,
    int rank,
    double alpha,
    double warm,
    Lora.Group group,
    Optional<Plus> plus)
    implements Eraser {

  /// What GS-LoRA++ adds.
  ///
  /// @param forget `gamma_f`, at least 0
  /// @param retain `gamma_r`, at least 0; 0 in the repository's scripts
  /// @param bound of the forgotten pictures' divergence in nats; empty for `2 ln C`
  /// @param decay of the average, 0 for none
  /// @param from share of the steps after which it begins, 0 to 1
  public record Plus(
      double forget, double retain, Optional<Double> bound, double decay, double from) {

    public Plus {
      if (!(forget >= 0 && retain >= 0 && from >= 0 && from <= 1)) {
        throw new IllegalArgumentException(
            "Prototypes have weights of 0 or more, and the average begins at a share of the steps from 0 to 1; got %s, %s and %s."
                .formatted(forget, retain, from));
      }
    }

    private Map<String, ?> configuration() {
      return Map.of(
          "forget",
          forget,
          "retain",
          retain,
          "bound",
          bound.<Object>map(value -> value).orElse("2 ln C"),
          "decay",
          decay,
          "from",
          from);
    }
  }

  public GroupSparseLora {
    if (rank < 1 || !(alpha >= 0 && warm >= 0 && warm <= 1)) {
      throw new IllegalArgumentException(
          "GS-LoRA has a rank of at least 1, an alpha of 0 or more and a warm share from 0 to 1; got %d, %s and %s."
              .formatted(rank, alpha, warm));
    }
  }

  /// GS-LoRA.
  public static GroupSparseLora gsLora() {
    return new GroupSparseLora(
        "GS-LoRA", BoundedAscent.ofAdapters(), 8, .05, .3, Lora.Group.BLOCK, Optional.empty());
  }

  /// GS-LoRA++.
  public static GroupSparseLora plusPlus() {
    return gsLora().named("GS-LoRA++").plus(new Plus(.1, 1, Optional.empty(), .9, .3));
  }

  /// The same under another name.
  public GroupSparseLora named(String name) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, plus);
  }

  /// The same with another ascent.
  public GroupSparseLora ascent(BoundedAscent ascent) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, plus);
  }

  /// The same with another weight of the penalty.
  public GroupSparseLora alpha(double alpha) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, plus);
  }

  /// The same with a penalty that sets in after a share of the steps.
  public GroupSparseLora warm(double warm) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, plus);
  }

  /// The same with other groups.
  public GroupSparseLora groupedBy(Lora.Group group) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, plus);
  }

  /// The same with prototypes and an average.
  public GroupSparseLora plus(Plus plus) {
    return new GroupSparseLora(name, ascent, rank, alpha, warm, group, Optional.of(plus));
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "ascent",
        ascent.configuration(),
        "rank",
        rank,
        "alpha",
        alpha,
        "warm",
        warm,
        "group",
        group,
        "plus",
        plus.isPresent() ? plus.get().configuration() : Map.of());
  }

  @Override
  public Erasing begin(PictureRequest request) {
    if (!(request.model() instanceof VisionTransformer transformer)) {
      throw new IllegalArgumentException(
          "GS-LoRA adapts the blocks of a vision Transformer, not a %s: teach a PictureLearner.transformer()."
              .formatted(request.model().getClass().getSimpleName()));
    }
    var lora = Lora.of(transformer, rank, 1, request.seed(), "mlp.fc1", "mlp.fc2");
    return new Path(this, request, transformer, lora);
  }

  /// A request being served.
  private static final class Path extends BoundedErasing {
    private final GroupSparseLora method;
    private final VisionTransformer before;
    private final Lora lora;
    private final MovingAverage average;
    private final Optional<Prototypes> prototypes;

    Path(GroupSparseLora method, PictureRequest request, VisionTransformer before, Lora lora) {
      this(method, request, before, lora, averageOf(method, lora.weights()));
    }

    private Path(
        GroupSparseLora method,
        PictureRequest request,
        VisionTransformer before,
        Lora lora,
        MovingAverage average) {
      super(method.ascent, request, request.copy(), lora.weights(), average);
      this.method = method;
      this.before = before;
      this.lora = lora;
      this.average = average;
      this.prototypes = method.plus.map(_ -> prototypes(request));
    }

    private static MovingAverage averageOf(GroupSparseLora method, Weights adapters) {
      double decay = method.plus.map(Plus::decay).orElse(0.0);
      double from = method.plus.map(Plus::from).orElse(1.0);
      return new MovingAverage(adapters, decay, Math.round(from * method.ascent.steps()));
    }

    private static Prototypes prototypes(PictureRequest request) {
      var seen = Predictions.of(request.model(), request.retain().and(request.forget()));
      request.looked(seen.size());
      return Prototypes.of(seen.logits(), seen.labels(), request.model().classes());
    }

    @Override
    VisionTransformer tuned() {
      return lora.on(before);
    }

    @Override
    Optional<NDArray> added(Seen kept, Seen forgotten) {
      double alpha = progress() < method.warm ? 0 : method.alpha;
      var penalty = Ops.scale(lora.norms(method.group).sum(), alpha);
      return Optional.of(
          prototypes.map(typical -> penalty.add(guided(typical, kept, forgotten))).orElse(penalty));
    }

    private NDArray guided(Prototypes typical, Seen kept, Seen forgotten) {
      var plus = method.plus.orElseThrow();
      double bound = plus.bound.orElse(BoundedAscent.usual(before.classes()));
      var away = typical.divergence(forgotten.logits(), forgotten.labels()).mean();
      var near = typical.divergence(kept.logits(), kept.labels()).mean();
      return Ops.scale(BoundedAscent.below(bound, away), plus.forget)
          .add(Ops.scale(near, plus.retain));
    }

    @Override
    void moved() {
      new Lora(lora.rank(), lora.alpha(), average.average())
          .mergeInto(before, (VisionTransformer) classifier());
    }

    @Override
    public void close() {
      super.close();
      average.close();
      lora.close();
    }
  }
}
