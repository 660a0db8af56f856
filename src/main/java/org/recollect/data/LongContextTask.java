package org.recollect.data;

import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// Questions about a long context that can be answered from it alone.
public interface LongContextTask {

  /// As tables name it.
  String name();

  /// Everything that makes this task what it is, for the hash of a trial.
  Map<String, ?> configuration();

  /// One item of this task.
  ///
  /// @param tokens the longest it may be, questions and answers included
  /// @param counter how many tokens a text has, such as `tokenizer::count`
  /// @throws IllegalArgumentException when it cannot be as short as that
  RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random);

  /// Items of this task; the first ones are the same however many are asked for.
  ///
  /// @param count how many
  /// @param tokens the longest an item may be
  default List<RecallItem> items(
      int count, int tokens, ToIntFunction<String> counter, RandomStream random) {
    return IntStream.range(0, count)
        .mapToObj(i -> item(tokens, counter, random.split("item", i)))
        .toList();
  }

  /// The same task with all that answers it at one depth, 0 at the start of the context to 1 at its
  /// end.
  ///
  /// @throws IllegalArgumentException if what answers it lies everywhere
  LongContextTask atDepth(double depth);

  /// The same task with a last line of context that names what will be asked, so that the end of a
  /// prompt can look for it.
  default LongContextTask announced() {
    return new Announced(this);
  }
}
