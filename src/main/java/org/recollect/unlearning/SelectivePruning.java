package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// Selective pruning (Pochinkov and Schoots, "Dissecting Language Models: Machine Unlearning via
/// Selective Pruning", 2024, arXiv:2403.01267): neurons of the feed-forward layers that are busier
/// with what is to be forgotten than with the rest are cut out, without any training.
///
/// A neuron's score is the ratio of its mean absolute activations, `(mean |a| on D_f) / (mean |a|
/// on D_r + 1e-6)`, over the tokens of the answers (tokens and constant are (inferred)); the
/// activation is what the layer's last map is given, `silu(gate(x)) up(x)`. To cut a neuron out,
/// its column of that map is set to zero.
///
/// Each step cuts out the next share of all neurons, highest scores first.
///
/// @param share of the neurons that a step cuts out, above 0 to 1
public record SelectivePruning(double share) implements Tunable {
  private static final double EPSILON = 1e-6;
  private static final int ROWS = 32;

  public SelectivePruning {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "A step cuts out a share of the neurons above 0 and at most 1, not %s: 0.005 is usual."
              .formatted(share));
    }
  }

  @Override
  public String name() {
    return "selective pruning";
  }

  @Override
  public SequencedMap<String, Unlearner> variants() {
    var variants = new LinkedHashMap<String, Unlearner>();
    for (double share : new double[] {0.001, 0.002, 0.004, 0.008, 0.016, 0.032}) {
      variants.put("share " + share, new SelectivePruning(share));
    }
    return variants;
  }

  /// A neuron with how much busier it is with the forget set.
  private record Neuron(int layer, int index, double score) {}

  @Override
  public Forgetting begin(Request request) {
    var retaining = activity(request, request.retainFor(name()));
    var forgetting = activity(request, request.forget());
    var neurons = new ArrayList<Neuron>();
    for (int layer = 0; layer < forgetting.length; layer++) {
      for (int i = 0; i < forgetting[layer].length; i++) {
        double score = forgetting[layer][i] / (retaining[layer][i] + EPSILON);
        neurons.add(new Neuron(layer, i, score));
      }
    }
    neurons.sort(Comparator.comparingDouble(Neuron::score).reversed());
    int each = Math.max(1, (int) Math.round(share * neurons.size()));
    var model = request.model();
    return new Cutting(model.withWeights(model.weights().copy()), neurons, each);
  }

  /// The mean absolute activation of each neuron `[layers][neurons]`.
  private static double[][] activity(Request request, List<QaItem> items) {
    var config = request.model().config();
    double[][] sums = new double[config.layers()][config.intermediateSize()];
    double tokens = 0;
    for (int from = 0; from < items.size(); from += ROWS) {
      var some = items.subList(from, Math.min(from + ROWS, items.size()));
      var batch = QaBatch.of(request.model(), some);
      try (var _ = Torch.newScope()) {
        watching(request.model(), batch, sums).hidden(batch.inputs(request.model()));
      }
      tokens += batch.batch().weight();
      double weights = request.model().weights().parameters();
      request.meter().flop(2 * weights * batch.batch().tokens());
    }
    for (double[] layer : sums) {
      for (int i = 0; i < layer.length; i++) {
        layer[i] /= tokens;
      }
    }
    return sums;
  }

  /// A model that adds up what it is busy with while it reads a batch's answers.
  private static LanguageModel watching(LanguageModel model, QaBatch batch, double[][] sums) {
    var watching = model;
    for (int layer = 0; layer < sums.length; layer++) {
      double[] sum = sums[layer];
      watching =
          watching.adapt(
              map(layer),
              (input, output) -> {
                add(Memory.toFloats(input), batch.batch().weights(), sum);
                return output;
              });
    }
    return watching;
  }

  /// @param activations `[tokens][neurons]`
  /// @param weights of the tokens
  private static void add(float[] activations, float[] weights, double[] sum) {
    for (int token = 0; token < weights.length; token++) {
      for (int i = 0; i < sum.length; i++) {
        sum[i] += weights[token] * Math.abs(activations[token * sum.length + i]);
      }
    }
  }

  private static String map(int layer) {
    return "model.layers." + layer + ".mlp.down_proj";
  }

  /// Neuron after neuron.
  private static final class Cutting implements Forgetting {
    private final LanguageModel model;
    private final List<Neuron> neurons;
    private final int each;
    private int cut;

    Cutting(LanguageModel model, List<Neuron> neurons, int each) {
      this.model = model;
      this.neurons = neurons;
      this.each = each;
    }

    @Override
    public boolean advance() {
      int to = Math.min(neurons.size(), cut + each);
      neurons.subList(cut, to).forEach(this::cut);
      boolean some = to > cut;
      cut = to;
      return some;
    }

    private void cut(Neuron neuron) {
      var weight = model.weight(map(neuron.layer));
      float[] values = Memory.toFloats(weight);
      int columns = (int) weight.getShape().get(1);
      for (int at = neuron.index; at < values.length; at += columns) {
        values[at] = 0;
      }
      Memory.write(weight, values);
    }

    @Override
    public LanguageModel model() {
      return model;
    }

    @Override
    public void close() {
      model.close();
    }
  }
}
