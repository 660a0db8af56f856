package org.recollect.continual.adapter;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.model.GateTap;
import org.recollect.model.LoadBalance;
import org.recollect.model.LoraExperts;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// A mixture of LoRA experts over a frozen model, of which a learned router picks a few for each
/// token ([LoraExperts]); experts and routers are trained through all tasks. Besides the loss there
/// is the price of routers that favour some experts ([LoadBalance]),
///
/// `L = l + balance * price`.
///
/// @param experts on each linear map
/// @param top experts that a token uses; with one of them the loss does not reach the router
/// @param placing of one expert
/// @param balance weight of the price, at least 0; .01 in the Switch Transformer
public record Experts(int experts, int top, Placing placing, double balance) implements Placed {

  public Experts {
    if (top < 1 || experts < top || !(balance >= 0)) {
      throw new IllegalArgumentException(
          "A token uses at least one expert and at most all, and their balance weighs at least 0: not %d of %d, at %s."
              .formatted(top, experts, balance));
    }
  }

  /// With a balance of .01.
  public Experts(int experts, int top, Placing placing) {
    this(experts, top, placing, .01);
  }

  @Override
  public String name() {
    return "LoRA experts";
  }

  @Override
  public Hooks begin(Start start) {
    var trainee = start.trainee();
    var model = trainee.adaptable();
    var mixture =
        LoraExperts.of(
            model,
            experts,
            top,
            placing.rank(),
            placing.alpha() / placing.rank(),
            start.seed(),
            placing.maps(model).toArray(String[]::new));
    return new Hooks() {
      private LoadBalance price = new LoadBalance();

      private final GateTap tap =
          new GateTap() {
            @Override
            public void routed(String linearMap, NDArray probabilities, NDArray gates) {
              if (Torch.recording()) {
                price.routed(linearMap, probabilities, gates);
              }
            }
          };

      @Override
      public void beforeTask(Experience task) {
        lay();
      }

      private void lay() {
        trainee.lay(mixture.tapped(tap));
        trainee.tune(mixture.weights());
      }

      /// What other strategies have recorded since the last step is gone.
      @Override
      public List<Lesson> beforeStep(List<Lesson> drawn) {
        price = new LoadBalance();
        return drawn;
      }

      @Override
      public NDArray loss(List<Lesson> batch, NDArray loss) {
        return balance == 0 ? loss : loss.add(Ops.scale(price.loss(), balance));
      }

      @Override
      public long bytes() {
        return mixture.weights().bytes();
      }

      @Override
      public void save(Snapshot to) {
        to.put("experts", mixture.weights());
      }

      @Override
      public void load(Snapshot from) {
        try (var weights = from.weights("experts")) {
          mixture.weights().overwrite(weights);
        }
        lay();
      }

      @Override
      public void close() {
        mixture.close();
      }
    };
  }
}
