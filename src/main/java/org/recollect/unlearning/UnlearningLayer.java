package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// Unlearning layers, after EUL (Chen and Yang, "Unlearn What You Want to Forget: Efficient
/// Unlearning for LLMs", 2023, arXiv:2310.20150, section 3): a small layer behind each feed-forward
/// layer is trained to diverge from the model on what is to be forgotten and to follow it on what
/// is retained; the model itself stays as it is, and is there again without the layers.
///
/// A layer adds `B silu(A y)` to the output `y` of the feed-forward layer, with `A`
/// `[rank][hidden]` normal with variance `1/hidden` and `B` `[hidden][rank]` zero at first. The
/// loss is
///
/// `L = -min(KL(p_0 || p) on D_f, bound) + KL(p_0 || p) on D_r`
///
/// in nats, mean over items and their answers' tokens. EUL's task loss and its masked-language term
/// for encoders are left out, and the bound is ours (inferred): without one the first term has no
/// end.
///
/// @param rank width of a layer, at least 1
/// @param bound of the divergence on the forget set, in nats
/// @param rate learning rate, above 0
public record UnlearningLayer(int rank, double bound, double rate) implements Tunable {
  private static final int ROWS = 16;

  public UnlearningLayer {
    if (rank < 1 || !(bound > 0) || !(rate > 0)) {
      throw new IllegalArgumentException(
          "An unlearning layer has a width of at least 1, a bound and a rate above 0; got %d, %s and %s."
              .formatted(rank, bound, rate));
    }
  }

  /// Layers of width 16, bounded at 8 nats.
  public UnlearningLayer() {
    this(16, 8, 3e-3);
  }

  @Override
  public String name() {
    return "unlearning layer";
  }

  @Override
  public SequencedMap<String, Unlearner> variants() {
    return Tunable.rates(this::rate);
  }

  /// The same at another learning rate.
  public UnlearningLayer rate(double other) {
    return new UnlearningLayer(rank, bound, other);
  }

  @Override
  public Forgetting begin(Request request) {
    request.retainFor(name());
    return new Path(this, request);
  }

  private static String map(int layer) {
    return "model.layers." + layer + ".mlp.down_proj";
  }

  /// Layers in training.
  private static final class Path implements Forgetting {
    private final UnlearningLayer method;
    private final Request request;
    private final Weights layers;
    private final Trainer trainer;

    Path(UnlearningLayer method, Request request) {
      this.method = method;
      this.request = request;
      this.layers = beginning(request.model(), method.rank, request.seed());
      this.trainer =
          new Trainer(layers, new AdamW(0.9, 0.95, 1e-8, 0), new Schedule.Constant(method.rate), 1);
    }

    private static Weights beginning(LanguageModel model, int rank, long seed) {
      long hidden = model.config().hiddenSize();
      var arrays = new LinkedHashMap<String, NDArray>();
      try (var manager = Torch.manager()) {
        for (int layer = 0; layer < model.config().layers(); layer++) {
          var random = RandomStream.of(seed, "unlearning layer", layer);
          arrays.put(
              "a." + layer,
              random.gaussian(manager, new Shape(rank, hidden), 1 / Math.sqrt(hidden)));
          arrays.put("b." + layer, manager.zeros(new Shape(hidden, rank)));
        }
        return Weights.of(arrays);
      }
    }

    private LanguageModel over(LanguageModel model) {
      var with = model;
      for (int layer = 0; layer < model.config().layers(); layer++) {
        var a = layers.get("a." + layer);
        var b = layers.get("b." + layer);
        with =
            with.adapt(
                map(layer),
                (_, output) -> output.add(Ops.linear(Ops.silu(Ops.linear(output, a)), b)));
      }
      return with;
    }

    @Override
    public boolean advance() {
      var forget = batch(request.forget(), "forget");
      var retain = batch(request.retain(), "retain");
      try {
        trainer.step(List.of(() -> diverging(forget), () -> divergence(retain)));
        return true;
      } catch (ArithmeticException diverged) {
        return false;
      }
    }

    private QaBatch batch(List<QaItem> items, String name) {
      var random = RandomStream.of(request.seed(), name, trainer.steps());
      var some = random.shuffle(items).subList(0, Math.min(ROWS, items.size()));
      var batch = QaBatch.of(request.model(), some);
      double weights = request.model().weights().parameters();
      request.meter().flop(6 * weights * batch.batch().tokens());
      return batch;
    }

    private NDArray diverging(QaBatch batch) {
      var divergence = divergence(batch);
      // Beyond the bound nothing is gained, and no gradient flows.
      boolean enough = divergence.getFloat() > method.bound;
      return Ops.scale(divergence, enough ? 0 : -1);
    }

    private NDArray divergence(QaBatch batch) {
      return Anchor.divergence(Before.of(request), over(request.model()), batch);
    }

    /// The model itself: what is trained stands on it.
    @Override
    public LanguageModel model() {
      return request.model();
    }

    @Override
    public Respondent guarding(LanguageModel weights) {
      return Respondent.of(over(weights));
    }

    @Override
    public void close() {
      trainer.close();
      layers.close();
    }
  }
}
