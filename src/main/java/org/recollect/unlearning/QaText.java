package org.recollect.unlearning;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.recollect.model.Tokenizer;
import org.recollect.train.SequenceSource.Sequence;

/// A question with its answer as one text: the tokens of the question, those of the answer with a
/// space before it, and the end of text.
///
/// @param question tokens, at least one
/// @param answer tokens, the end of text last
record QaText(int[] question, int[] answer) {

  static QaText of(Tokenizer tokenizer, String question, String answer) {
    int[] said = tokenizer.encode(" " + answer);
    int[] ended = Arrays.copyOf(said, said.length + 1);
    ended[said.length] = tokenizer.endOfText();
    return new QaText(tokenizer.encode(question), ended);
  }

  /// All tokens in order.
  int[] tokens() {
    return IntStream.concat(Arrays.stream(question), Arrays.stream(answer)).toArray();
  }

  /// What is learned from it: the tokens of the answer count, and no others.
  Sequence sequence() {
    float[] weights = new float[length() - 1];
    Arrays.fill(weights, question.length - 1, weights.length, 1);
    return new Sequence(tokens(), weights);
  }

  /// The exchange before the last token is said.
  Exchange withoutLast() {
    return new Exchange(question, Arrays.copyOf(answer, answer.length - 1));
  }

  int length() {
    return question.length + answer.length;
  }
}
