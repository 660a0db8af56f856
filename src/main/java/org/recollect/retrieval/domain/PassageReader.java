package org.recollect.retrieval.domain;

import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.model.LanguageModel;

/// A model that reads passages before the text, see [InContext]. Owns the passages, but not the
/// model.
///
/// @param how strides and queries
/// @param count of passages before the text
record PassageReader(LanguageModel model, Passages passages, InContext how, int count)
    implements Predictor {

  /// @throws IllegalArgumentException when passages and text are longer than the model's context
  @Override
  public double[] logLikelihoods(int[] text) {
    int room = model.config().contextLength();
    int needed = count * how.passage() + text.length - 1;
    if (needed > room) {
      throw new IllegalArgumentException(
          "%d passages of %d tokens before a text of %d need a context of %d, and this model's is %d: take fewer or shorter passages."
              .formatted(count, how.passage(), text.length - 1, needed, room));
    }
    var reader = Predictor.of(model);
    double[] logs = new double[text.length - 1];
    for (int from = 0; from < logs.length; from += how.stride()) {
      int predicted = Math.min(how.stride(), logs.length - from);
      int[] query = Arrays.copyOfRange(text, Math.max(0, from + 1 - how.query()), from + 1);
      int[] read = Arrays.copyOf(text, from + predicted + 1);
      double[] all = reader.logLikelihoods(before(read, query));
      System.arraycopy(all, all.length - predicted, logs, from, predicted);
    }
    return logs;
  }

  private int[] before(int[] read, int[] query) {
    return Stream.concat(passages.find(query, count).stream(), Stream.of(read))
        .flatMapToInt(IntStream::of)
        .toArray();
  }

  @Override
  public void close() {
    passages.close();
  }
}
