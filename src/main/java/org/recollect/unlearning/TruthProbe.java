package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.LinearProbe;

/// What the hidden states still tell of an answer's truth, whatever the model says: a linear probe
/// tells right answers from wrong ones by the residual stream at their last word, before the second
/// last layer. It is fitted on questions that are retained and tried on those that were forgotten;
/// half are right by chance (Zhang and Andreas, "Unforgettable Generalization in Language Models",
/// 2024; layer and fit are (inferred)).
final class TruthProbe {

  private TruthProbe() {}

  /// The share of right and wrong answers that are told.
  static double accuracy(LanguageModel model, List<QaItem> fitted, List<QaItem> tried) {
    var probe = LinearProbe.fit(states(model, fitted), labels(fitted.size()), LinearProbe.L2);
    return probe.accuracy(states(model, tried), labels(tried.size()));
  }

  /// A right answer and a wrong one for each item, one after the other.
  private static double[][] states(LanguageModel model, List<QaItem> items) {
    var states = new ArrayList<double[]>();
    for (QaItem item : items) {
      states.add(state(model, item.question() + " " + item.restated()));
      states.add(state(model, item.question() + " " + item.perturbed().getFirst()));
    }
    return states.toArray(double[][]::new);
  }

  private static double[] state(LanguageModel model, String text) {
    int[] tokens = model.tokenizer().encode(text);
    int layer = Math.max(0, model.config().layers() - 2);
    double[] state = new double[model.config().hiddenSize()];
    var tap =
        new Tap() {
          @Override
          public void hidden(int at, NDArray hidden) {
            if (at == layer) {
              float[] last = Memory.toFloats(hidden.get("0, -1"));
              for (int i = 0; i < state.length; i++) {
                state[i] = last[i];
              }
            }
          }
        };
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      model.hidden(Memory.ofInts(manager, tokens, 1, tokens.length), tap);
    }
    return state;
  }

  private static int[] labels(int items) {
    int[] labels = new int[2 * items];
    for (int i = 0; i < labels.length; i += 2) {
      labels[i] = 1;
    }
    return labels;
  }
}
