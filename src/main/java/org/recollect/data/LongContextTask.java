package org.recollect.data;

import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.recollect.tensor.RandomStream;

/// Questions about a long context that can be answered from it alone.
public interface LongContextTask {

  /// As tables name it.
  String name();

  /// Everything that makes this task what it is, for the hash of a trial.
  Map<String, ?> configuration();

  /// Items of this task; the first ones are the same however many are asked for.
  ///
  /// @param count how many
  /// @param tokens the longest an item may be, questions and answers included
  /// @param counter how many tokens a text has, such as `tokenizer::count`
  /// @throws IllegalArgumentException when an item cannot be as short as that
  List<RecallItem> items(int count, int tokens, ToIntFunction<String> counter, RandomStream random);

  /// The same task with all that answers it at one depth, 0 at the start of the context to 1 at its
  /// end.
  ///
  /// @throws IllegalArgumentException if what answers it lies everywhere
  LongContextTask atDepth(double depth);
}
