package org.recollect.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recollect.tensor.RandomStream;

/// Writes the passages of a [FactWorld], and remembers which of them state a fact as it is now.
/// Mutable: for one library.
final class FactWriter {
  /// Days on which entries, distractors and news are written, in this order.
  private static final int ENTRY = 1;

  private static final int OTHER = 2;
  private static final int NEWS = 3;

  private static final int FACTS_OF_A_PASSAGE = 3;

  /// What is said about somebody that is no fact.
  private static final List<String> REMARKS =
      List.of(
          "{s} was in the papers again.",
          "People still talk about {s}.",
          "There is a song about {s}.",
          "Nobody knows why {s} is so famous.",
          "An old picture shows {s} in winter.",
          "Visitors often ask about {s}.");

  /// How a fact about another entity comes into a passage: some speak of the relation as if it were
  /// that of the passage's own entity.
  private static final List<String> ASIDES =
      List.of(
          "{s} is often mentioned beside {t}.",
          "A letter to {s} speaks of {t}.",
          "{s} was asked about the {r} of {t}.",
          "Unlike {s}, {t} is well known for its {r}.");

  private final FactWorld world;
  private final FactBook facts;
  private final RandomStream random;
  private final List<Passage> passages = new ArrayList<>();
  private final Map<Fact, List<String>> evidence = new HashMap<>();

  FactWriter(FactWorld world, FactBook facts, RandomStream random) {
    this.world = world;
    this.facts = facts;
    this.random = random;
    for (FactEntity entity : facts.entities()) {
      entries(entity, random.split("entry", entity.id()));
      news(entity, random.split("news", entity.id()));
    }
    distractors();
  }

  List<Passage> passages() {
    return List.copyOf(passages);
  }

  /// The passages that state a fact as it is now, by id.
  List<String> evidence(Fact fact) {
    return List.copyOf(evidence.getOrDefault(fact, List.of()));
  }

  static String remark(FactEntity entity, RandomStream random) {
    return FactEnglish.sentence(random.pick(REMARKS), entity.mention(), "");
  }

  private void entries(FactEntity entity, RandomStream own) {
    var all = own.shuffle(facts.of(entity));
    for (int from = 0; from < all.size(); from += FACTS_OF_A_PASSAGE) {
      var some = all.subList(from, Math.min(all.size(), from + FACTS_OF_A_PASSAGE));
      var sentences = new ArrayList<String>();
      sentences.add(entity.introduction());
      some.forEach(fact -> sentences.add(fact.say(fact.first(), own)));
      var id = add(entity, "entry", sentences, ENTRY);
      some.stream().filter(fact -> fact.former().isEmpty()).forEach(fact -> note(fact, id));
    }
  }

  private void news(FactEntity entity, RandomStream own) {
    for (Fact fact : facts.of(entity)) {
      if (fact.former().isPresent()) {
        var sentences =
            List.of(remark(entity, own), "Things have changed.", fact.say(fact.value(), own));
        note(fact, add(entity, "news", sentences, NEWS));
      }
    }
  }

  /// As many as the world has on average, more for those who are mentioned more.
  private void distractors() {
    double total = facts.entities().stream().mapToDouble(this::interest).sum();
    for (FactEntity entity : facts.entities()) {
      double share = interest(entity) / total;
      var own = random.split("distractors", entity.id());
      // The fraction decides at random, so that small averages are kept, too.
      double wanted = world.distractors() * facts.entities().size() * share;
      int count = (int) Math.floor(wanted + own.nextDouble());
      for (int i = 0; i < count; i++) {
        distractor(entity, own);
      }
    }
  }

  private double interest(FactEntity entity) {
    return Math.sqrt(1 + facts.mentions(entity));
  }

  private void distractor(FactEntity entity, RandomStream own) {
    var other = own.pick(facts.entities());
    var sentences = new ArrayList<String>();
    sentences.add(remark(entity, own));
    if (!other.equals(entity)) {
      var fact = own.pick(facts.of(other));
      sentences.add(
          FactEnglish.sentence(own.pick(ASIDES), entity.mention(), "")
              .replace("{t}", other.mention())
              .replace("{r}", fact.relation().label()));
      sentences.add(fact.say(fact.first(), own));
      var id = add(entity, "aside", own.shuffle(sentences), OTHER);
      if (fact.former().isEmpty()) {
        note(fact, id);
      }
    } else {
      sentences.add(remark(entity, own));
      add(entity, "aside", sentences, OTHER);
    }
  }

  /// Entries and news bear the name of their entity; asides come from pages about something else.
  private String add(FactEntity entity, String kind, List<String> sentences, int day) {
    var id = "%s %d of %s".formatted(kind, passages.size(), entity.mention());
    var title = day == OTHER ? "" : entity.name();
    passages.add(new Passage(id, title, String.join(" ", sentences), day));
    return id;
  }

  private void note(Fact fact, String passage) {
    evidence.computeIfAbsent(fact, _ -> new ArrayList<>()).add(passage);
  }
}
