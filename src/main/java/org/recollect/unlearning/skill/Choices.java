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

  /// How many statements (question, choice) a linear probe tells right from wrong, fitted on the
  /// first half of the items and tried on the second, 0 to 1.
  ///
  /// A statement's features are the state at the last token of the question, as it leaves the
  /// second-to-last layer, times the embedding of the choice's first token, channel by channel. The
  /// model's own logit adds up such products, of the last state, without weights.
  double probed(List<MultipleChoice> items) {
    int half = 2 * (items.size() / 2);
    double[][] statements = statements(items);
    int[] labels = items.stream().flatMapToInt(this::labels).toArray();
    return LinearProbe.fit(
            Arrays.copyOf(statements, half), Arrays.copyOf(labels, half), LinearProbe.L2)
        .accuracy(
            Arrays.copyOfRange(statements, half, statements.length),
            Arrays.copyOfRange(labels, half, labels.length));
  }

  private IntStream labels(MultipleChoice item) {
    return IntStream.range(0, 2).map(choice -> choice == item.answer() ? 1 : 0);
  }

  private double[][] statements(List<MultipleChoice> items) {
    double[][] states = states(items);
    int width = states[0].length;
    double[][] statements = new double[2 * items.size()][width];
    float[] embeddings = Memory.toFloats(model.weight("model.embed_tokens"));
    for (int row = 0; row < statements.length; row++) {
      var choice = items.get(row / 2).choices().get(row % 2);
      int token = model.tokenizer().encode(" " + choice)[0];
      for (int channel = 0; channel < width; channel++) {
        statements[row][channel] = states[row / 2][channel] * embeddings[token * width + channel];
      }
    }
    return statements;
  }

  /// The residual stream at the last token of each question, as it enters the last layer
  /// `[items][hiddenSize]`.
  double[][] states(List<MultipleChoice> items) {
    var states = new ArrayList<double[]>();
    for (int from = 0; from < items.size(); from += ROWS) {
      var some = items.subList(from, Math.min(items.size(), from + ROWS));
      var questions = some.stream().map(item -> model.tokenizer().encode(item.question())).toList();
      states.addAll(together(questions));
    }
    return states.toArray(double[][]::new);
  }

  /// Shorter questions are filled up behind: what follows changes no state before it.
  private List<double[]> together(List<int[]> questions) {
    int length = questions.stream().mapToInt(question -> question.length).max().orElseThrow();
    int[] ids = new int[questions.size() * length];
    for (int row = 0; row < questions.size(); row++) {
      System.arraycopy(questions.get(row), 0, ids, row * length, questions.get(row).length);
    }
    var reader = new LastLayerInput(model.config().layers() - 1);
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      model.hidden(Memory.ofInts(manager, ids, questions.size(), length), reader);
    }
    int width = model.config().hiddenSize();
    var states = new ArrayList<double[]>();
    for (int row = 0; row < questions.size(); row++) {
      int at = (row * length + questions.get(row).length - 1) * width;
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
