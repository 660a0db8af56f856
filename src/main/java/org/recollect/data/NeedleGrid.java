package org.recollect.data;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// One recall task at several lengths of text and several depths in it, one item for each
/// combination: the needle-in-a-haystack test (Kamradt, 2023).
///
/// ```java
/// var grid = NeedleGrid.of(Recall.associative(8)).lengths(256, 1024).depths(0, 0.5, 1);
/// ```
///
/// @param recall what is hidden and asked for; all its pairs stand at the depth
/// @param lengths tokens of a text, questions and answers included
/// @param depths 0 at the start of the context to 1 at its end
public record NeedleGrid(Recall recall, List<Integer> lengths, List<Double> depths) {

  public NeedleGrid {
    lengths = List.copyOf(lengths);
    depths = List.copyOf(depths);
    if (lengths.isEmpty() || depths.isEmpty()) {
      throw new IllegalArgumentException(
          "A grid of needles has at least one length and one depth: name them with lengths(...) and depths(...).");
    }
    depths.forEach(recall::atDepth);
  }

  /// The task in texts of 256 tokens, at the start, the middle and the end.
  public static NeedleGrid of(Recall recall) {
    return new NeedleGrid(recall, List.of(256), List.of(0.0, 0.5, 1.0));
  }

  public NeedleGrid lengths(int... tokens) {
    return new NeedleGrid(recall, Arrays.stream(tokens).boxed().toList(), depths);
  }

  public NeedleGrid depths(double... depths) {
    return new NeedleGrid(recall, lengths, Arrays.stream(depths).boxed().toList());
  }

  /// The same grid with lines of this corpus between the pairs.
  public NeedleGrid in(Corpus filler) {
    return new NeedleGrid(recall.in(filler), lengths, depths);
  }

  /// The items, length by length.
  ///
  /// @param counter how many tokens a text has, such as `tokenizer::count`
  /// @return `[lengths * depths]`
  public List<RecallItem> items(ToIntFunction<String> counter, RandomStream random) {
    return IntStream.range(0, lengths.size())
        .boxed()
        .flatMap(length -> row(length, counter, random).stream())
        .toList();
  }

  private List<RecallItem> row(int length, ToIntFunction<String> counter, RandomStream random) {
    return IntStream.range(0, depths.size())
        .mapToObj(depth ->
            recall
                .atDepth(depths.get(depth))
                .item(lengths.get(length), counter, random.split("length", length, "depth", depth)))
        .toList();
  }
}
