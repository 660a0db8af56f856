package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.data.RecallItem.Question;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

/// Recall tasks: pairs of a key and a value, hidden as comment lines in other text and asked for at
/// the end. A model without a memory of its context can only guess: keys and values are drawn anew
/// for each item, and no text of the training corpus ties them together.
///
/// ```java
/// var task = Recall.associative(8).in(Corpora.jdk().test());
/// List<RecallItem> items = task.items(32, 1024, tokenizer::count, RandomStream.of(seed, "recall"));
/// ```
///
/// The value directly follows its key, `// fox jade`, so that copying what followed the same word
/// before is enough (an induction head; Olsson et al., 2022). Needles follow Kamradt's
/// needle-in-a-haystack test (2023), the associative form follows multi-query associative recall
/// (Arora et al., 2023, section 3); the line format is ours, for models of a few million
/// parameters.
///
/// @param pairs pairs an item, 1 to 32
/// @param overwritten how many of them are stated a second time, earlier and with another value;
///   the last statement of a key counts
/// @param rounds how often each pair is asked for
/// @param depth where the pairs stand: 0 at the start of the context, 1 at its end; empty to spread
///   them evenly at random
/// @param filler where the other lines come from; empty for none
public record Recall(
    int pairs, int overwritten, int rounds, OptionalDouble depth, Optional<Corpus> filler)
    implements LongContextTask {

  /// What pairs are made of; a tokenizer that has seen [#practice] has one token for each, with the
  /// space before it.
  public static final List<String> KEYS =
      words(
          """
          fox owl elm oak bee cat dog hen cow pig ant bat eel fig gum hay ivy jay kid lab mud nut
          ore pea rat sun tea urn vet wax yak zoo ape bay cod dew emu fir gnu hip imp jug koi lip
          moth newt orca pony quail ram seal toad wolf crab dove hare lynx mole puma swan wren frog
          goat lamb\
          """);

  public static final List<String> VALUES =
      words(
          """
          red blue jade ruby mint gold pink teal plum rust sand snow silk iron lead zinc salt milk
          corn rice beef soup cake wine beer lime pear kiwi mango peach olive onion basil cumin
          thyme honey sugar bread pasta pizza tulip rose lily daisy moss fern reed palm pine cedar
          birch maple aspen north south east west april may june july rain fog hail\
          """);

  private static final int MAX_PAIRS = 32;

  public Recall {
    if (pairs < 1 || pairs > MAX_PAIRS) {
      throw new IllegalArgumentException(
          "A recall task has 1 to %d pairs, not %d.".formatted(MAX_PAIRS, pairs));
    }
    if (overwritten < 0 || overwritten > pairs) {
      throw new IllegalArgumentException(
          "Of %d pairs, 0 to %d can be overwritten, not %d.".formatted(pairs, pairs, overwritten));
    }
    if (rounds < 1) {
      throw new IllegalArgumentException("Pairs are asked for at least once, not " + rounds + ".");
    }
    if (depth.isPresent() && !(depth.getAsDouble() >= 0 && depth.getAsDouble() <= 1)) {
      throw new IllegalArgumentException(
          "A depth is from 0 (start) to 1 (end), not " + depth.getAsDouble() + ".");
    }
  }

  /// One pair, asked for once.
  public static Recall needle() {
    return associative(1);
  }

  /// Several pairs with different keys and different values, all asked for in another order.
  public static Recall associative(int pairs) {
    return new Recall(pairs, 0, 1, OptionalDouble.empty(), Optional.empty());
  }

  /// Several pairs, some of which correct an earlier statement of the same key: the last one
  /// counts.
  public static Recall corrupted(int pairs, int overwritten) {
    return new Recall(pairs, overwritten, 1, OptionalDouble.empty(), Optional.empty());
  }

  /// The same task with lines of this corpus between the pairs, as many as the length allows.
  public Recall in(Corpus filler) {
    return new Recall(pairs, overwritten, rounds, depth, Optional.of(filler));
  }

  @Override
  public String name() {
    return pairs == 1 ? "needle" : pairs + " needles" + (overwritten > 0 ? ", corrected" : "");
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "pairs", pairs,
        "overwritten", overwritten,
        "rounds", rounds,
        "depth", depth.orElse(-1),
        "filler", filler.map(Corpus::digest).orElse("none"));
  }

  /// The same task with all pairs at one depth.
  @Override
  public Recall atDepth(double depth) {
    return new Recall(pairs, overwritten, rounds, OptionalDouble.of(depth), filler);
  }

  /// The same task with each pair asked for several times, in a new order each round.
  public Recall rounds(int rounds) {
    return new Recall(pairs, overwritten, rounds, depth, filler);
  }

  /// One item of this task. The length is the sum over its lines, which is exact for every
  /// tokenizer that joins nothing across line breaks.
  ///
  /// @throws IllegalArgumentException when the pairs and questions alone are longer than that
  @Override
  public RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random) {
    var pairs = pairs(random);
    var asked = new ArrayList<Pair>();
    for (int round = 0; round < rounds; round++) {
      asked.addAll(random.shuffle(pairs));
    }
    var stated = new ArrayList<>(earlier(pairs, random));
    stated.addAll(pairs);
    int needed = 0;
    for (Pair pair : stated) {
      needed += counter.applyAsInt(pair.line());
    }
    for (Pair pair : asked) {
      needed += counter.applyAsInt(pair.query()) + counter.applyAsInt(pair.answer());
    }
    if (needed > tokens) {
      throw new IllegalArgumentException(
          "%d pairs, each asked for %d times, take %d tokens; %d are too few."
              .formatted(pairs.size(), rounds, needed, tokens));
    }
    var context = new Haystack(filler, counter, random).hide(stated, tokens - needed);
    return new RecallItem(
        context.stream().map(line -> new Segment(line.part(), line.text())).toList(),
        asked.stream().map(pair -> pair.question(Haystack.depth(pair.line(), context))).toList());
  }

  /// Lines of random pairs, to be mixed into what a tokenizer is trained on.
  ///
  /// @param lines how many: beside 4 MB of JDK sources, 30 000 make every word one token in a
  ///   vocabulary of 2 048, and 60 000 in one of 1 024
  public static String practice(int lines, RandomStream random) {
    return IntStream.range(0, lines)
        .mapToObj(_ -> new Pair(random.pick(KEYS), random.pick(VALUES), 0).line())
        .collect(Collectors.joining());
  }

  /// A key with its value.
  ///
  /// @param place where its line belongs among the filler, 0 to 1
  private record Pair(String key, String value, double place) implements Haystack.Statement {
    String query() {
      return "\n// " + key;
    }

    String answer() {
      return " " + value;
    }

    @Override
    public String line() {
      return query() + answer();
    }

    Question question(double depth) {
      return new Question(query(), answer(), depth);
    }
  }

  private List<Pair> pairs(RandomStream random) {
    var keys = random.indices(pairs, KEYS.size());
    var values = random.indices(pairs, VALUES.size());
    var slots = random.indices(pairs, pairs);
    return IntStream.range(0, pairs)
        .mapToObj(i ->
            new Pair(
                KEYS.get(keys[i]),
                VALUES.get(values[i]),
                depth.orElse((slots[i] + random.nextDouble()) / pairs)))
        .toList();
  }

  /// Statements that the pairs of the same keys overwrite, each somewhere before its pair.
  private List<Pair> earlier(List<Pair> pairs, RandomStream random) {
    var used = pairs.stream().map(Pair::value).toList();
    var free = VALUES.stream().filter(value -> !used.contains(value)).toList();
    var values = random.indices(overwritten, free.size());
    return IntStream.range(0, overwritten)
        .mapToObj(i ->
            new Pair(
                pairs.get(i).key(),
                free.get(values[i]),
                pairs.get(i).place() * random.nextDouble()))
        .toList();
  }

  private static List<String> words(String text) {
    return List.of(text.split("\\s+"));
  }
}
