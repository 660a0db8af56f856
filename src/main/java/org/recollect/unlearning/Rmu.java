package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.Map;
import java.util.OptionalInt;
import org.recollect.model.LanguageModel;
import org.recollect.model.Placement;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;

/// Representation misdirection for unlearning (Li et al., "The WMDP Benchmark: Measuring and
/// Reducing Malicious Use With Unlearning", 2024, arXiv:2403.03218, section 4): the hidden states
/// of one layer are steered to a random place, so that later layers find nothing in them,
///
/// `L = |h - c u|^2 / channels`, mean over items and over the tokens of their answers, with `h
/// [channels]` the residual stream behind the layer and `u [channels]` a unit vector, uniform in
/// `[0, 1)` before it is scaled, drawn once from the request's seed.
///
/// [#keeping] is the term for what is retained. The states are those from which the tokens of
/// answers are predicted, one position before those of the released code, which divides each row's
/// sum by every row's number of tokens as well (neither is followed).
///
/// @param layer from 0; the middle one where empty: 7 of 16 in the paper's models
/// @param steering the length `c`, above 0; 2 in open-unlearning's configuration, 20 in its code.
///   It is to be well beyond the states' own length, or well below
/// @param allMaps whether all linear maps of the three layers up to this one are trained; in
///   open-unlearning, and unless said otherwise, only their down-projections are
public record Rmu(OptionalInt layer, double steering, boolean allMaps) implements LossTerm {

  /// How many layers are trained, the steered one the last.
  private static final int TRAINED = 3;

  public Rmu {
    if (!(steering > 0)) {
      throw new IllegalArgumentException(
          "RMU steers to a vector of a length above 0, not %s: take 2.".formatted(steering));
    }
  }

  /// In the middle layer, with the values of open-unlearning.
  public Rmu() {
    this(OptionalInt.empty(), 2, false);
  }

  /// The same in another layer, from 0.
  public Rmu at(int other) {
    return new Rmu(OptionalInt.of(other), steering, allMaps);
  }

  /// The same with another length of the vector.
  public Rmu steering(double other) {
    return new Rmu(layer, other, allMaps);
  }

  /// The same with all linear maps of its layers trained.
  public Rmu onAllMaps() {
    return new Rmu(layer, steering, true);
  }

  /// The term that holds the same hidden states of what is retained where they were.
  public Keeping keeping() {
    return new Keeping(this);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "term",
        "RMU",
        "layer",
        layer.isPresent() ? layer.getAsInt() : "middle",
        "steering",
        steering,
        "allMaps",
        allMaps);
  }

  @Override
  public boolean trains(LanguageModel model, String name) {
    int last = layer(model);
    for (int trained = Math.max(0, last - TRAINED + 1); trained <= last; trained++) {
      String maps = allMaps ? "_proj.weight" : ".mlp.down_proj.weight";
      if (name.startsWith("model.layers." + trained + ".") && name.endsWith(maps)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Objective begin(Request request) {
    float[] place = place(request.model().config().hiddenSize(), request.seed());
    return (model, batch) -> {
      var states = states(model, batch);
      var target = Memory.ofFloats(states.getManager(), place, 1, 1, place.length);
      return distance(states, target, batch.shares(model));
    };
  }

  /// Where the states are steered to `[channels]`.
  float[] place(int channels, long seed) {
    var random = RandomStream.of(seed, "RMU");
    double[] drawn = new double[channels];
    double square = 0;
    for (int i = 0; i < channels; i++) {
      drawn[i] = random.nextDouble();
      square += drawn[i] * drawn[i];
    }
    float[] place = new float[channels];
    for (int i = 0; i < channels; i++) {
      place[i] = (float) (steering * drawn[i] / Math.sqrt(square));
    }
    return place;
  }

  int layer(LanguageModel model) {
    int layers = model.config().layers();
    int chosen = layer.orElse(Math.max(0, layers / 2 - 1));
    if (chosen < 0 || chosen >= layers) {
      throw new IllegalArgumentException(
          "RMU steers layer %d, but the model has the layers 0 to %d: name one of them."
              .formatted(chosen, layers - 1));
    }
    return chosen;
  }

  /// The residual stream behind the layer `[rows][length][channels]`.
  NDArray states(LanguageModel model, QaBatch batch) {
    var placement = Placement.ofText(batch.batch().length());
    var states = model.embed(batch.inputs(model));
    for (int at = 0; at <= layer(model); at++) {
      states = model.layer(at, states, placement);
    }
    return states;
  }

  private static NDArray distance(NDArray states, NDArray target, NDArray shares) {
    return Ops.square(states.sub(target)).mean(new int[] {2}).mul(shares).sum();
  }

  /// `L = |h - h_0|^2 / channels`, mean over items and over the tokens of their answers: the hidden
  /// states of what is retained stay where they were.
  ///
  /// @param rmu whose layer is meant
  public record Keeping(Rmu rmu) implements LossTerm {

    @Override
    public Map<String, ?> configuration() {
      return Map.of("term", "hidden states before", "of", rmu.configuration());
    }

    @Override
    public boolean trains(LanguageModel model, String name) {
      return rmu.trains(model, name);
    }

    @Override
    public Objective begin(Request request) {
      var before = Before.of(request);
      return (model, batch) -> {
        var was = before.read(batch, it -> rmu.states(it, batch));
        return distance(rmu.states(model, batch), was, batch.shares(model));
      };
    }
  }
}
