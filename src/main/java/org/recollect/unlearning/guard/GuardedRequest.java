package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;

/// All that a guard keeps of one request to forget: a router that knows its prompts again, the
/// states of the prompts, and what must not be said in answer to each. To drop it is to withdraw
/// the request.
///
/// The router learns each prompt, the chosen number of its rephrasings, and each of these behind
/// one to four random tokens of retained prompts; and the same forms of retained prompts as the
/// other kind, so that neither wording nor noise tells anything (the noise is inferred).
public final class GuardedRequest {
  private static final int LONGEST_NOISE = 4;

  private final Router router;
  private final double threshold;
  private final List<Stored> prompts;

  /// A prompt that is known again.
  ///
  /// @param state `[hiddenSize]`
  private record Stored(QaItem item, double[] state, Restriction restriction) {}

  /// The stored prompt that is nearest to one that was asked.
  ///
  /// @param cosine of the two states
  record Match(QaItem item, double cosine, Restriction restriction) {}

  private GuardedRequest(Router router, double threshold, List<Stored> prompts) {
    this.router = router;
    this.threshold = threshold;
    this.prompts = prompts;
  }

  /// Learns to know the prompts of a request.
  ///
  /// @param model whose states are read
  /// @param forget what must not be told, at least one item
  /// @param retain what the router learns to let pass, at least one item
  public static GuardedRequest of(
      GuardedGeneration guard,
      LanguageModel model,
      List<QaItem> forget,
      List<QaItem> retain,
      long seed) {
    var noise = RandomStream.of(seed, "noise");
    var others = prompts(model, retain, guard.rephrasings());
    var known = prompts(model, forget, guard.rephrasings());
    int[] tokens = others.stream().flatMapToInt(IntStream::of).toArray();
    var states = PromptStates.of(model, known);
    var router =
        Router.learn(
            joined(states, PromptStates.of(model, behind(noise, tokens, known))),
            PromptStates.of(model, joined(others, behind(noise, tokens, others))),
            seed);
    var vectors = WordVectors.of(texts(forget, retain));
    double delta = vectors.quantile(guard.quantile(), seed);
    var stored = new ArrayList<Stored>();
    for (QaItem item : forget) {
      var restriction = Restriction.of(item, model.tokenizer(), vectors, delta, guard.matching());
      for (var _ : forms(item, guard.rephrasings())) {
        stored.add(new Stored(item, states.get(stored.size()), restriction));
      }
    }
    return new GuardedRequest(router, guard.threshold(), List.copyOf(stored));
  }

  /// The same for another threshold, 0 to restrict everything.
  GuardedRequest at(double other) {
    return new GuardedRequest(router, other, prompts);
  }

  /// The probability that a prompt is about the request, 0 to 1.
  double score(double... state) {
    return router.score(state);
  }

  boolean routes(double... state) {
    return score(state) >= threshold;
  }

  /// The nearest of the stored prompts.
  Match nearest(double... state) {
    Match nearest = null;
    for (Stored prompt : prompts) {
      double cosine = Cosine.of(state, prompt.state);
      if (nearest == null || cosine > nearest.cosine) {
        nearest = new Match(prompt.item, cosine, prompt.restriction);
      }
    }
    return nearest;
  }

  /// What a router learns is read once.
  static long tokens(GuardedGeneration guard, LanguageModel model, List<QaItem> items) {
    return 2
        * prompts(model, items, guard.rephrasings()).stream()
            .mapToLong(prompt -> prompt.length)
            .sum();
  }

  private static List<int[]> prompts(LanguageModel model, List<QaItem> items, int rephrasings) {
    return items.stream()
        .flatMap(item -> forms(item, rephrasings).stream())
        .map(model.tokenizer()::encode)
        .toList();
  }

  /// A question and some of its rephrasings, all if there are fewer.
  private static List<String> forms(QaItem item, int rephrasings) {
    return Stream.concat(Stream.of(item.question()), item.rephrasings().stream().limit(rephrasings))
        .toList();
  }

  /// Prompts behind random tokens.
  private static List<int[]> behind(RandomStream random, int[] tokens, List<int[]> prompts) {
    return prompts.stream()
        .map(prompt -> {
          var noise = random.ints(random.nextInt(1, LONGEST_NOISE + 1), 0, tokens.length);
          return IntStream.concat(noise.map(i -> tokens[i]), IntStream.of(prompt)).toArray();
        })
        .toList();
  }

  private static List<String> texts(List<QaItem> forget, List<QaItem> retain) {
    return Stream.of(forget, retain)
        .flatMap(Collection::stream)
        .map(item -> item.question() + " " + item.answer())
        .toList();
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    return Stream.of(some, more).flatMap(Collection::stream).toList();
  }
}
