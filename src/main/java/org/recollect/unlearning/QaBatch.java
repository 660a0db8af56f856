package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.train.Batch;

/// Questions with their answers side by side, and what the terms of a loss need of a model that
/// reads them. The answers' tokens count, their ends included, and nothing else; shorter rows are
/// filled up with ends of text that do not.
///
/// The arrays belong to the scope that is open; they carry gradients where those are recorded.
///
/// @param items one a row, at least one
/// @param batch `[rows][length]`; a weight is 1 where a token of an answer is predicted, else 0
/// @param importance how much each item counts in means over items, 1 unless [#weighing] says
///   otherwise `[rows]`
public record QaBatch(List<QaItem> items, Batch batch, double[] importance) {

  /// A batch in the tokens of a model.
  ///
  /// @throws IllegalArgumentException if there is no item, or one is longer than the model's
  ///   context
  public static QaBatch of(LanguageModel model, List<QaItem> items) {
    if (items.isEmpty()) {
      throw new IllegalArgumentException("A batch has at least one question with its answer.");
    }
    double[] equal = new double[items.size()];
    Arrays.fill(equal, 1);
    return new QaBatch(
        List.copyOf(items), batch(model.tokenizer(), model.config().contextLength(), items), equal);
  }

  /// The same with items that count differently. Means over items are not divided by the sum of
  /// these numbers, so that they should have a mean of 1 over all batches.
  ///
  /// @param importance of an item, at least 0
  public QaBatch weighing(ToDoubleFunction<QaItem> importance) {
    return new QaBatch(items, batch, items.stream().mapToDouble(importance).toArray());
  }

  /// Other answers in the place of these, each as important as the one whose place it takes.
  ///
  /// @param others as many as there are rows
  public QaBatch replacing(LanguageModel model, List<QaItem> others) {
    return new QaBatch(others, QaBatch.of(model, others).batch, importance);
  }

  static Batch batch(Tokenizer tokenizer, int context, List<QaItem> items) {
    var sequences =
        items.stream()
            .map(item -> QaText.of(tokenizer, item.question(), item.answer()).sequence())
            .toList();
    var batch = Batch.padded(sequences, tokenizer.endOfText());
    if (batch.length() > context) {
      throw new IllegalArgumentException(
          "A question with its answer has %d tokens, but the model's context has %d: shorten it, or take a model of a longer context."
              .formatted(batch.length() + 1, context));
    }
    return batch;
  }

  public int rows() {
    return batch.rows();
  }

  /// What is read `[rows][length]`, int64.
  public NDArray inputs(LanguageModel model) {
    return Memory.ofLongs(manager(model), batch.inputs(), batch.rows(), batch.length());
  }

  /// What is to be predicted `[rows][length]`, int64.
  public NDArray targets(LanguageModel model) {
    return Memory.ofLongs(manager(model), batch.targets(), batch.rows(), batch.length());
  }

  /// 1 where a token of an answer is predicted, else 0: `[rows][length]`.
  public NDArray mask(LanguageModel model) {
    return Memory.ofFloats(manager(model), batch.weights(), batch.rows(), batch.length());
  }

  /// The same, each row divided by the number of its answer's tokens and by that of the rows, and
  /// multiplied by its importance, so that a sum with it is the mean over items of the mean over
  /// tokens.
  public NDArray shares(LanguageModel model) {
    float[] shares = batch.weights().clone();
    int[] counts = answerTokens();
    for (int i = 0; i < shares.length; i++) {
      int row = i / batch.length();
      shares[i] *= (float) (importance[row] / ((double) counts[row] * rows()));
    }
    return Memory.ofFloats(manager(model), shares, batch.rows(), batch.length());
  }

  /// The tokens of each answer, its end included `[rows]`.
  public int[] answerTokens() {
    int[] counts = new int[rows()];
    for (int i = 0; i < batch.weights().length; i++) {
      counts[i / batch.length()] += (int) batch.weights()[i];
    }
    return counts;
  }

  /// The row of each token of an answer, in the order of [#answerLogits] `[answer tokens]`.
  public int[] rowsOfAnswers() {
    return answerPlaces().map(place -> place / batch.length()).toArray();
  }

  private IntStream answerPlaces() {
    return IntStream.range(0, batch.weights().length).filter(i -> batch.weights()[i] > 0);
  }

  /// What the model predicts where an answer's token is due, row after row `[answer
  /// tokens][vocabulary]`.
  public NDArray answerLogits(LanguageModel model) {
    var all = logits(model);
    var places = Memory.ofInts(manager(model), answerPlaces().toArray());
    return Ops.embedding(all.reshape(-1, all.getShape().getLastDimension()), places);
  }

  /// What the model predicts everywhere `[rows][length][vocabulary]`.
  public NDArray logits(LanguageModel model) {
    return model.forward(inputs(model));
  }

  /// The loss of each token in nats, `[rows][length]`, also where no answer is.
  public NDArray losses(LanguageModel model) {
    return losses(model, Ops.logSoftmax(logits(model)));
  }

  /// The same of log-probabilities `[rows][length][vocabulary]`.
  public NDArray losses(LanguageModel model, NDArray logProbabilities) {
    return logProbabilities.gather(targets(model).expandDims(2), 2).squeeze(2).neg();
  }

  /// The mean over items of the mean loss of their answers' tokens, a scalar: the loss `l(D)` of
  /// the papers.
  public NDArray meanLoss(LanguageModel model) {
    return losses(model).mul(shares(model)).sum();
  }

  /// The cross-entropy of each token in nats, `[rows][length]`, with a distribution in place of the
  /// true token.
  ///
  /// @param target probabilities `[rows][length][vocabulary]`
  /// @param logits likewise
  public static NDArray crossEntropies(NDArray target, NDArray logits) {
    return target.mul(Ops.logSoftmax(logits)).sum(new int[] {2}).neg();
  }

  /// 1 at the token that is to be predicted, else 0: `[rows][length][vocabulary]`.
  public NDArray oneHot(LanguageModel model) {
    return targets(model).oneHot(model.config().vocabSize());
  }

  /// The same batch where the first token of each answer does not count. An answer has another: its
  /// end.
  public QaBatch withoutFirst() {
    float[] weights = batch.weights().clone();
    for (int row = 0; row < rows(); row++) {
      int at = row * batch.length();
      while (weights[at] == 0) {
        at++;
      }
      weights[at] = 0;
    }
    var fewer =
        new Batch(
            rows(), batch.length(), batch.inputs(), batch.targets(), weights, batch.sources());
    return new QaBatch(items, fewer, importance);
  }

  /// The mean over items of a number for each, each counted by its importance: a scalar.
  ///
  /// @param byItem `[rows]`
  public NDArray mean(LanguageModel model, NDArray byItem) {
    float[] shares = new float[rows()];
    for (int row = 0; row < shares.length; row++) {
      shares[row] = (float) (importance[row] / rows());
    }
    return byItem.mul(Memory.ofFloats(manager(model), shares)).sum();
  }

  /// The negative log-likelihood of each whole answer in nats `[rows]`.
  public NDArray answerLosses(LanguageModel model) {
    return losses(model).mul(mask(model)).sum(new int[] {1});
  }

  /// The mean loss of each answer's tokens in nats `[rows]`.
  public NDArray answerMeans(LanguageModel model) {
    int[] counts = answerTokens();
    float[] inverse = new float[rows()];
    for (int row = 0; row < inverse.length; row++) {
      inverse[row] = 1f / counts[row];
    }
    return answerLosses(model).mul(Memory.ofFloats(manager(model), inverse));
  }

  static NDManager manager(LanguageModel model) {
    return model.weights().get("model.norm.weight").getManager();
  }
}
