package org.recollect.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Collectors;
import org.recollect.tensor.RandomStream;

/// Asks the questions of a [FactWorld]: a chain of facts from an entity that is named to a value,
/// through others that are not.
final class FactAsker {
  private final FactWorld world;
  private final FactBook facts;
  private final FactWriter writer;
  private final RandomStream random;

  FactAsker(FactWorld world, FactBook facts, FactWriter writer, RandomStream random) {
    this.world = world;
    this.facts = facts;
    this.writer = writer;
    this.random = random;
  }

  QuestionSet questions() {
    var parts = parts(facts, random);
    return new QuestionSet(
        world.name(),
        questions(parts.get(Split.TRAIN), Split.TRAIN, 2 * world.asked()),
        questions(parts.get(Split.VALIDATION), Split.VALIDATION, (world.asked() + 1) / 2),
        questions(parts.get(Split.TEST), Split.TEST, world.asked()));
  }

  /// Half of all entities to learn about, and fifteen of the other fifty per cent to choose by.
  /// Namesakes stay together.
  static Map<Split, List<FactEntity>> parts(FactBook facts, RandomStream random) {
    var drawn = new HashMap<String, Split>();
    var own = random.split("parts");
    return facts.entities().stream()
        .collect(
            Collectors.groupingBy(entity ->
                drawn.computeIfAbsent(
                    entity.name(),
                    _ -> {
                      double place = own.nextDouble();
                      return place < 0.5
                          ? Split.TRAIN
                          : place < 0.65 ? Split.VALIDATION : Split.TEST;
                    })));
  }

  private List<OpenQuestion> questions(List<FactEntity> about, Split part, int count) {
    var questions = new ArrayList<OpenQuestion>();
    for (int hops = 1; hops <= world.hops(); hops++) {
      var own = random.split(part, hops);
      var chains = new ArrayList<List<Fact>>();
      for (FactEntity entity : about) {
        extend(new ArrayList<>(), entity, hops, new HashSet<>(Set.of(entity)), chains);
      }
      own.shuffle(chains).stream()
          .limit(count)
          .forEach(chain -> questions.add(question(chain, part, own)));
    }
    return questions;
  }

  /// All chains of a length that meet no entity twice.
  private void extend(
      List<Fact> chain, FactEntity from, int left, Set<FactEntity> met, List<List<Fact>> chains) {
    for (Fact fact : facts.of(from)) {
      chain.add(fact);
      if (left == 1) {
        if (fact.object().map(object -> !met.contains(object)).orElse(true)) {
          chains.add(List.copyOf(chain));
        }
      } else if (fact.object().isPresent() && met.add(fact.object().get())) {
        extend(chain, fact.object().get(), left - 1, met, chains);
        met.remove(fact.object().get());
      }
      chain.removeLast();
    }
  }

  private OpenQuestion question(List<Fact> chain, Split part, RandomStream own) {
    var first = chain.getFirst();
    var last = chain.getLast();
    var named = first.subject().mention();
    for (Fact fact : chain.subList(0, chain.size() - 1)) {
      named = own.pick(fact.relation().english().phrases().of(part)).replace("{s}", named);
    }
    var way = own.pick(last.relation().english().questions().of(part));
    var relation =
        chain.stream().map(fact -> fact.relation().label()).collect(Collectors.joining(" > "));
    return new OpenQuestion(
        relation + " of " + first.subject().mention(),
        FactEnglish.sentence(way, named, ""),
        List.of(last.value()),
        last.former().stream().toList(),
        chain.stream().map(writer::evidence).toList(),
        first.subject().mention(),
        relation,
        Optional.of(
            new Popularity(facts.mentions(first.subject()), OptionalDouble.of(first.exposures()))));
  }
}
