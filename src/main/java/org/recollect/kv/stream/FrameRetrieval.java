package org.recollect.kv.stream;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Which frames of the past are read for a question: the more the frames differ in relevance, the
/// fewer. With `cv` the standard deviation of the frames' relevances by their mean, all frames are
/// read at `cv <= .05`, the best `count` at `cv >= .3`, and between the two a number that falls in
/// a straight line.
///
/// @param count frames that are read where relevance tells them apart; 10 in the paper
/// @param floor share of the frames that is read whatever their relevance, 0 to 1; the released
///   code has .9, so that the count hardly ever binds
public record FrameRetrieval(int count, double floor) {
  private static final double ALIKE = .05;
  private static final double APART = .3;

  public FrameRetrieval {
    if (count < 1 || !(floor >= 0 && floor <= 1)) {
      throw new IllegalArgumentException(
          "Retrieval reads 1 frame or more and a share of 0 to 1 at least; got %d and %s."
              .formatted(count, floor));
    }
  }

  /// The tokens of the frames that are read, in order of time.
  List<VisualToken> read(List<VisualToken> past, Lexicon.Phrase question) {
    Map<Integer, List<VisualToken>> frames =
        past.stream()
            .collect(Collectors.groupingBy(VisualToken::frame, TreeMap::new, Collectors.toList()));
    double[] relevances = frames.values().stream().mapToDouble(question::relevance).toArray();
    int[] numbers = frames.keySet().stream().mapToInt(Integer::intValue).toArray();
    Set<Integer> best =
        IntStream.range(0, numbers.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> -relevances[i]))
            .limit(frames(relevances))
            .map(i -> numbers[i])
            .collect(Collectors.toSet());
    return past.stream().filter(token -> best.contains(token.frame())).toList();
  }

  /// How many frames of these relevances are read.
  int frames(double[] relevances) {
    int all = relevances.length;
    if (all <= count) {
      return all;
    }
    double mean = Arrays.stream(relevances).average().orElse(0);
    double variance = Arrays.stream(relevances).map(r -> (r - mean) * (r - mean)).sum() / (all - 1);
    double variation = mean > 0 ? Math.sqrt(variance) / mean : 0;
    double apart = Math.clamp((variation - ALIKE) / (APART - ALIKE), 0, 1);
    int wanted = (int) (all + apart * (count - all));
    return Math.max(wanted, (int) (floor * all));
  }
}
