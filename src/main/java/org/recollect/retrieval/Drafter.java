package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.OpenQuestion;
import org.recollect.model.DenseCache;
import org.recollect.model.LanguageModel;
import org.recollect.model.Sampling;
import org.recollect.train.SequenceSource.Sequence;

/// Answers from memory, greedily. The model stays the caller's.
///
/// @param lessons the questions whose answers the model was taught, so that what it says to them is
///   no sign of what it knows
public record Drafter(LanguageModel model, List<OpenQuestion> lessons) {
  private static final int LONGEST = 12;

  public Drafter {
    lessons = List.copyOf(lessons);
  }

  /// A model that was taught no answers.
  public Drafter(LanguageModel model) {
    this(model, List.of());
  }

  /// A question with its answer in the form in which models are taught; only the answer and its end
  /// count.
  public Sequence lesson(String question, String answer) {
    int[] asked = model.tokenizer().encode(question);
    int[] said = ended(model, " " + answer);
    float[] weights = new float[asked.length + said.length - 1];
    Arrays.fill(weights, asked.length - 1, weights.length, 1);
    return new Sequence(
        IntStream.concat(Arrays.stream(asked), Arrays.stream(said)).toArray(), weights);
  }

  static int[] ended(LanguageModel model, String text) {
    return IntStream.concat(
            Arrays.stream(model.tokenizer().encode(text)), IntStream.of(model.endOfText()))
        .toArray();
  }

  /// How likely the model is to begin its answer to a question with the first token of another
  /// answer, 0 to 1.
  public double inclination(String question, String answer) {
    int first = model.tokenizer().encode(" " + answer)[0];
    return softmax(model.prefill(model.tokenizer().encode(question), 1).logits())[first];
  }

  /// The model's answer to a question in the form that it was taught.
  public Draft answer(String question) {
    int[] asked = model.tokenizer().encode(question);
    var read = model.prefill(asked, 1);
    var said = new ArrayList<Integer>();
    var probabilities = new ArrayList<Double>();
    var entropies = new ArrayList<Double>();
    try (var cache = DenseCache.of(read)) {
      float[] logits = read.logits();
      for (int i = 0; i < LONGEST; i++) {
        int token = Sampling.greedy().choose(logits);
        double[] distribution = softmax(logits);
        probabilities.add(distribution[token]);
        entropies.add(entropy(distribution));
        if (token == model.endOfText()) {
          break;
        }
        said.add(token);
        logits = model.step(token, cache);
      }
    }
    var tokens = said.stream().map(model.tokenizer()::decode).toList();
    return new Draft(
        String.join("", tokens).strip(),
        tokens,
        array(probabilities),
        array(entropies),
        Optional.of(attention(asked, said)));
  }

  /// Reads the question and the answer once more, since attention is only recorded of a whole text.
  private DraftAttention attention(int[] asked, List<Integer> said) {
    int[] text =
        Stream.of(IntStream.of(asked), said.stream().mapToInt(each -> each), end())
            .flatMapToInt(each -> each)
            .toArray();
    var tokens = IntStream.of(text).mapToObj(model.tokenizer()::decode).toList();
    return DraftAttention.of(model.prefill(text, text.length), tokens, asked.length);
  }

  private IntStream end() {
    return IntStream.of(model.endOfText());
  }

  private static double[] softmax(float[] logits) {
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    double[] mass = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      mass[i] = Math.exp(logits[i] - top);
      sum += mass[i];
    }
    for (int i = 0; i < mass.length; i++) {
      mass[i] /= sum;
    }
    return mass;
  }

  private static double entropy(double[] distribution) {
    return Arrays.stream(distribution).map(p -> p > 0 ? -p * Math.log(p) : 0).sum();
  }

  private static double[] array(ArrayList<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
