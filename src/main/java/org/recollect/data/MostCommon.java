package org.recollect.data;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.recollect.data.RecallItem.Part;
import org.recollect.data.RecallItem.Question;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

/// An aggregation task: one key is stated many times all over the context, mostly with one value,
/// sometimes with another; the answer is the value that it has most often. No single line tells,
/// and the last one always has the rarer value, so that copying it is wrong. The kind of task
/// follows RULER's common words (Hsieh et al., 2024), in the line format of [Recall].
///
/// @param common how often the answer is stated
/// @param rare how often the other value is, at least once and less often
/// @param filler where the other lines come from; empty for none
public record MostCommon(int common, int rare, Optional<Corpus> filler) implements LongContextTask {

  public MostCommon {
    if (rare < 1 || common <= rare) {
      throw new IllegalArgumentException(
          "The most common value is stated more often than the other, which is stated at least once; got %d and %d times."
              .formatted(common, rare));
    }
  }

  /// Without other lines.
  public static MostCommon of(int common, int rare) {
    return new MostCommon(common, rare, Optional.empty());
  }

  /// The same task with lines of this corpus between the statements, as many as the length allows.
  public MostCommon in(Corpus corpus) {
    return new MostCommon(common, rare, Optional.of(corpus));
  }

  @Override
  public String name() {
    return "most common, %d to %d".formatted(common, rare);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "common", common, "rare", rare, "filler", filler.map(Corpus::digest).orElse("none"));
  }

  @Override
  public RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random) {
    String query = "\n// " + random.pick(Recall.KEYS);
    int[] values = random.indices(2, Recall.VALUES.size());
    String answer = " " + Recall.VALUES.get(values[0]);
    String other = " " + Recall.VALUES.get(values[1]);
    var stated = new ArrayList<>(Collections.nCopies(common, answer));
    stated.addAll(Collections.nCopies(rare - 1, other));
    stated = new ArrayList<>(random.shuffle(stated));
    stated.add(other);
    int needed = counter.applyAsInt(query) + counter.applyAsInt(answer);
    for (String value : stated) {
      needed += counter.applyAsInt(query + value);
    }
    if (needed > tokens) {
      throw new IllegalArgumentException(
          "%d statements and a question take %d tokens; %d are too few."
              .formatted(stated.size(), needed, tokens));
    }
    var context = new ArrayList<Segment>();
    for (var line : new Filler(filler, counter, random).lines(tokens - needed)) {
      context.add(new Segment(Part.FILLER, line.text()));
    }
    int[] places = places(stated.size(), context.size() + 1, random);
    for (int i = places.length - 1; i >= 0; i--) {
      context.add(places[i], new Segment(Part.PAIR, query + stated.get(i)));
    }
    return new RecallItem(context, List.of(new Question(query, answer, 0.5)));
  }

  /// Where the statements go among the lines, ascending: spread evenly, at random within each
  /// stretch.
  private static int[] places(int count, int ends, RandomStream random) {
    int[] places = new int[count];
    for (int i = 0; i < count; i++) {
      places[i] = (int) ((i + random.nextDouble()) / count * ends);
    }
    return places;
  }

  /// What is asked for stands everywhere.
  ///
  /// @throws IllegalArgumentException always
  @Override
  public MostCommon atDepth(double depth) {
    throw new IllegalArgumentException(
        "What is most common has no depth: sweep the depth of Recall.needle() or another Recall.");
  }
}
