package org.recollect.unlearning.skill;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.data.MultipleChoice;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.Respondent.Answered;
import org.recollect.unlearning.measure.LinearProbe;

/// What a model makes of questions with two choices: its preference, and the states from which the
/// preference comes.
///
/// @param model that is asked; not owned
record Choices(LanguageModel model) {
  private static final int ROWS = 64;

  /// How much more likely the right choice is than the wrong one, `ln p(right) - ln p(wrong)` in
  /// nats: positive where the model is right. The choices do not stand in the question; the ends of
  /// text behind them do not count. `[items]`
  double[] logOdds(List<MultipleChoice> items) {
    var answered = new ArrayList<Answered>();
    for (var item : items) {
      answered.add(new Answered(item.question(), item.right()));
      answered.add(new Answered(item.question(), item.choices().get(1 - item.answer())));
    }
    var scores = Respondent.of(model).scores(answered);
    double[] odds = new double[items.size()];
    for (int i = 0; i < odds.length; i++) {
      odds[i] =
          scores.get(2 * i + 1).withoutEnd().totalLoss()
              - scores.get(2 * i).withoutEnd().totalLoss();
    }
    return odds;
  }

  /// 1 for each item that is answered right, 0 for others, a half where both are equally likely.
  double[] right(List<MultipleChoice> items) {
    return right(logOdds(items));
  }

  static double[] right(double... logOdds) {
    return Arrays.stream(logOdds).map(odds -> odds > 0 ? 1 : odds < 0 ? 0 : 0.5).toArray();
  }

  /// The total variance over items of the state at the last token of the question, as it leaves the
  /// second-to-last layer: the trace of its covariance.
  double variance(List<MultipleChoice> items) {
    return totalVariance(states(items));
  }

  /// @param rows `[rows][columns]`
  static double totalVariance(double[][] rows) {
    double total = 0;
    for (int column = 0; column < rows[0].length; column++) {
      int at = column;
      double mean = Arrays.stream(rows).mapToDouble(row -> row[at]).average().orElseThrow();
      total +=
          Arrays.stream(rows)
              .mapToDouble(row -> (row[at] - mean) * (row[at] - mean))
              .average()
              .orElseThrow();
    }
    return total;
  }

  /// How many statements (question, choice) a linear probe tells right from wrong, 0 to 1: logistic
  /// regression with L2 on the state at the last token of the choice, as it leaves the
  /// second-to-last layer, fitted on four fifths of some questions until it no longer gains on the
  /// others, and tried on questions that have not been fitted on.
  ///
  /// @param fitted at least two questions
  double probed(List<MultipleChoice> fitted, List<MultipleChoice> tested) {
    if (fitted.size() < 2) {
      throw new IllegalArgumentException(
          "A probe is fitted on some questions and watched by others, so it needs two or more, not %d."
              .formatted(fitted.size()));
    }
    int descended = Math.clamp(fitted.size() * 4L / 5, 1, fitted.size() - 1);
    var first = fitted.subList(0, descended);
    var watched = fitted.subList(descended, fitted.size());
    return LinearProbe.fitWatching(
            statements(first), labels(first), statements(watched), labels(watched), LinearProbe.L2)
        .accuracy(statements(tested), labels(tested));
  }

  private static int[] labels(List<MultipleChoice> items) {
    return items.stream()
        .flatMapToInt(item -> IntStream.range(0, 2).map(choice -> choice == item.answer() ? 1 : 0))
        .toArray();
  }

  /// The states at the ends of the statements that each question makes with its choices, in their
  /// order `[2 * items][hiddenSize]`.
  double[][] statements(List<MultipleChoice> items) {
    return statesOf(
        items.stream()
            .flatMap(item ->
                item.choices().stream()
                    .map(choice ->
                        IntStream.concat(
                                Arrays.stream(model.tokenizer().encode(item.question())),
                                Arrays.stream(model.tokenizer().encode(" " + choice)))
                            .toArray()))
            .toList());
  }

  /// The residual stream at the last token of each question, as it enters the last layer
  /// `[items][hiddenSize]`.
  double[][] states(List<MultipleChoice> items) {
    return statesOf(items.stream().map(item -> model.tokenizer().encode(item.question())).toList());
  }

  private double[][] statesOf(List<int[]> texts) {
    var states = new ArrayList<double[]>();
    for (int from = 0; from < texts.size(); from += ROWS) {
      states.addAll(together(texts.subList(from, Math.min(texts.size(), from + ROWS))));
    }
    return states.toArray(double[][]::new);
  }

  /// Shorter texts are filled up behind: what follows changes no state before it.
  private List<double[]> together(List<int[]> texts) {
    int length = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
    int[] ids = new int[texts.size() * length];
    for (int row = 0; row < texts.size(); row++) {
      System.arraycopy(texts.get(row), 0, ids, row * length, texts.get(row).length);
    }
    var reader = new LastLayerInput(model.config().layers() - 1);
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      model.hidden(Memory.ofInts(manager, ids, texts.size(), length), reader);
    }
    int width = model.config().hiddenSize();
    var states = new ArrayList<double[]>();
    for (int row = 0; row < texts.size(); row++) {
      int at = (row * length + texts.get(row).length - 1) * width;
      double[] state = new double[width];
      for (int channel = 0; channel < width; channel++) {
        state[channel] = reader.values[at + channel];
      }
      states.add(state);
    }
    return states;
  }

  /// Copies what enters a layer `[batch * tokens * hiddenSize]`.
  private static final class LastLayerInput implements Tap {
    private final int layer;
    private float[] values;

    LastLayerInput(int layer) {
      this.layer = layer;
    }

    @Override
    public void hidden(int at, NDArray hidden) {
      if (at == layer) {
        values = Memory.toFloats(hidden);
      }
    }
  }
}
