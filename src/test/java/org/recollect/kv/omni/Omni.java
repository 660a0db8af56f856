package org.recollect.kv.omni;

import java.util.Map;
import java.util.function.Function;
import org.recollect.lab.Settings;
import org.recollect.model.ModelConfig;
import org.recollect.tensor.RandomStream;

/// Untrained models for tests, and passes of them.
final class Omni {

  private Omni() {}

  /// A model with grouped heads whose weights are so large that attention is far from uniform.
  static OmniModel model(ClipWorld world, int layers, long seed) {
    var config =
        new ModelConfig(
            world.vocabulary(), 24, 40, layers, 4, 2, 6, 10_000, 1e-5, 512, seed % 2 == 0);
    var model = OmniModel.random(world, config, seed);
    for (var weight : model.language().weights().asMap().values()) {
      if (weight.getShape().dimension() == 2) {
        weight.muli(6);
      }
    }
    return model;
  }

  static Settings retention(double share) {
    return Settings.NONE.with(Stage.RETENTION, share);
  }

  /// The input of a clip and a question left to chance.
  static OmniModel.Input input(OmniModel model, long seed) {
    var random = RandomStream.of(seed, "omni");
    var clip = model.world().clip(random);
    return model.input(clip, random.pick(model.world().questions()));
  }

  static ThinnedPass.Result pass(
      OmniModel model, OmniModel.Input input, TokenSelection selection, Settings settings) {
    var layout = model.world().layout(1);
    var random = RandomStream.of(1, "selection");
    return new ThinnedPass(model, input, layout, selection, settings, random).run();
  }

  /// A selection by a function.
  record Choosing(String name, Function<Stage, int[]> choice) implements TokenSelection {
    @Override
    public int[] keep(Stage stage) {
      return choice.apply(stage);
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("name", name);
    }
  }
}
