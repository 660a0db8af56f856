package org.recollect.unlearning.guard;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// What a router sees of prompts: the residual stream on entering the last layer, the mean over the
/// tokens of each (which late layer is inferred).
final class PromptStates {

  /// Prompts that are read together.
  private static final int ROWS = 64;

  private PromptStates() {}

  /// @param prompts tokens, at least one each
  /// @return for each `[hiddenSize]`
  static List<double[]> of(LanguageModel model, List<int[]> prompts) {
    var byLength = new TreeMap<Integer, List<Integer>>();
    for (int i = 0; i < prompts.size(); i++) {
      byLength.computeIfAbsent(prompts.get(i).length, _ -> new ArrayList<>()).add(i);
    }
    var states = new double[prompts.size()][];
    for (var alike : byLength.values()) {
      for (int from = 0; from < alike.size(); from += ROWS) {
        var rows = alike.subList(from, Math.min(from + ROWS, alike.size()));
        double[][] read = together(model, rows.stream().map(prompts::get).toList());
        for (int row = 0; row < read.length; row++) {
          states[rows.get(row)] = read[row];
        }
      }
    }
    return List.of(states);
  }

  private static double[][] together(LanguageModel model, List<int[]> prompts) {
    int[] tokens = prompts.stream().flatMapToInt(Arrays::stream).toArray();
    int width = model.config().hiddenSize();
    double[][] states = new double[prompts.size()][width];
    var tap =
        new Tap() {
          @Override
          public void hidden(int layer, NDArray hidden) {
            if (layer == model.config().layers() - 1) {
              float[] means = Memory.toFloats(hidden.mean(new int[] {1}));
              for (int i = 0; i < means.length; i++) {
                states[i / width][i % width] = means[i];
              }
            }
          }
        };
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      int length = tokens.length / prompts.size();
      model.hidden(Memory.ofInts(manager, tokens, prompts.size(), length), tap);
    }
    return states;
  }
}
