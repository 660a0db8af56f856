package org.recollect.data;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.recollect.data.RecallItem.Question;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

/// Classification with distractors: premises hidden in other text say of some words that they hold
/// and of others that they do not; then statements name these words, and the model is to say which.
///
/// ```
/// ⏎// fox yes                 a premise, somewhere in the context
/// ⏎// owl no                  another
/// ⏎// fox                     a statement
///         yes                 its class, with the space before it
/// ```
///
/// The words are the keys of [Recall]. Both classes are equally likely, and nothing but the premise
/// tells them apart: guessing is right half of the time, and a model that takes any other premise
/// for the right one hardly more often.
///
/// @param premises premises an item, each stated once and asked about once; 1 to 32
/// @param depth where they stand: 0 at the start of the context, 1 at its end; empty to spread them
///   evenly at random
/// @param filler where the other lines come from; empty for none
public record Entailment(int premises, OptionalDouble depth, Optional<Corpus> filler)
    implements LongContextTask {

  private static final int MAX_PREMISES = 32;

  public Entailment {
    if (premises < 1 || premises > MAX_PREMISES) {
      throw new IllegalArgumentException(
          "An item has 1 to %d premises, not %d.".formatted(MAX_PREMISES, premises));
    }
    if (depth.isPresent() && !(depth.getAsDouble() >= 0 && depth.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "A depth is from 0 (start) to 1 (end), not " + depth.getAsDouble() + ".");
    }
  }

  /// Premises without other text, spread over the context.
  public static Entailment of(int premises) {
    return new Entailment(premises, OptionalDouble.empty(), Optional.empty());
  }

  /// The same task with lines of this corpus between the premises, as many as the length allows.
  public Entailment in(Corpus filler) {
    return new Entailment(premises, depth, Optional.of(filler));
  }

  @Override
  public Entailment atDepth(double depth) {
    return new Entailment(premises, OptionalDouble.of(depth), filler);
  }

  @Override
  public String name() {
    return "entailment of " + premises;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "entailment", premises,
        "depth", depth.orElse(-1),
        "filler", filler.map(Corpus::digest).orElse("none"));
  }

  @Override
  public RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random) {
    var stated = premises(random);
    int needed = 0;
    for (Premise premise : stated) {
      needed += 2 * counter.applyAsInt(premise.query()) + 2 * counter.applyAsInt(premise.answer());
    }
    if (needed > tokens) {
      throw new IllegalArgumentException(
          "%d premises with their statements take %d tokens; %d are too few."
              .formatted(premises, needed, tokens));
    }
    var asked = random.shuffle(stated);
    var context = new Haystack(filler, counter, random).hide(stated, tokens - needed);
    return new RecallItem(
        context.stream().map(line -> new Segment(line.part(), line.text())).toList(),
        asked.stream()
            .map(premise -> premise.question(Haystack.depth(premise.line(), context)))
            .toList());
  }

  private List<Premise> premises(RandomStream random) {
    var keys = random.indices(premises, Recall.KEYS.size());
    var slots = random.indices(premises, premises);
    return IntStream.range(0, premises)
        .mapToObj(i ->
            new Premise(
                Recall.KEYS.get(keys[i]),
                random.nextBoolean(),
                depth.orElse((slots[i] + random.nextDouble()) / premises)))
        .toList();
  }

  /// A word and whether it holds.
  ///
  /// @param place where its line belongs among the filler, 0 to 1
  private record Premise(String key, boolean holds, double place) implements Haystack.Statement {
    String query() {
      return "\n// " + key;
    }

    String answer() {
      return holds ? " yes" : " no";
    }

    @Override
    public String line() {
      return query() + answer();
    }

    Question question(double depth) {
      return new Question(query(), answer(), depth);
    }
  }
}
