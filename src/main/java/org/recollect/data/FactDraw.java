package org.recollect.data;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import org.recollect.tensor.RandomStream;

/// Draws what holds in a [FactWorld]. Mutable: for one draw.
final class FactDraw {
  private final FactWorld world;
  private final RandomStream random;
  private final List<FactEntity> entities = new ArrayList<>();

  FactDraw(FactWorld world, RandomStream random) {
    this.world = world;
    this.random = random;
  }

  FactBook facts() {
    persons();
    add(EntityType.TOWN, Invented.towns(Math.max(4, world.persons() / 4), random.split("towns")));
    add(EntityType.FIRM, Invented.firms(world.persons() * 3 / 8, random.split("firms")));
    int provinces = Math.clamp(world.persons() / 20, 2, Invented.PROVINCES.size());
    add(EntityType.PROVINCE, Invented.PROVINCES.subList(0, provinces));

    int[] ranks = random.split("ranks").indices(entities.size(), entities.size());
    var facts = new LinkedHashMap<FactEntity, SequencedMap<FactRelation, Fact>>();
    var remarks = new LinkedHashMap<FactEntity, Integer>();
    for (FactEntity entity : entities) {
      double fame = world.exposures() / Math.pow(1 + ranks[entity.id()], world.skew());
      facts.put(entity, facts(entity, fame));
      double chatter = Math.exp(random.split("remarks", entity.id()).nextGaussian());
      remarks.put(entity, (int) Math.round(fame * chatter));
    }
    return new FactBook(List.copyOf(entities), facts, remarks);
  }

  /// Those who have their name from another have another trade.
  private void persons() {
    int named = (int) Math.round(world.persons() * (1 - world.namesakes()));
    var names = new ArrayList<>(Invented.persons(named, random.split("persons")));
    int first = names.size();
    for (int i = first; i < world.persons(); i++) {
      names.add(names.get(i - first));
    }
    // A job that is also the name of a relation would mislead by accident only.
    var jobs = Invented.JOBS.stream().filter(job -> !job.equals(FactRelation.TEACHER.label()));
    var trades = random.split("trades").shuffle(jobs.toList());
    for (int i = 0; i < world.persons(); i++) {
      boolean namesake = i >= first || i < world.persons() - first;
      int trade = i >= first ? i - first + 1 : i;
      entities.add(
          new FactEntity(
              i, EntityType.PERSON, names.get(i), trades.get(trade % trades.size()), namesake));
    }
  }

  private void add(EntityType type, List<String> names) {
    names.forEach(name -> entities.add(new FactEntity(entities.size(), type, name, "", false)));
  }

  private SequencedMap<FactRelation, Fact> facts(FactEntity entity, double fame) {
    var relations = FactRelation.of(entity.type());
    int[] places = random.split("pairs", entity.id()).indices(relations.size(), relations.size());
    var facts = new LinkedHashMap<FactRelation, Fact>();
    for (int i = 0; i < places.length; i++) {
      int exposures = (int) Math.round(fame / Math.pow(1 + places[i], world.pairSkew()));
      var relation = relations.get(i);
      facts.put(relation, fact(entity, relation, exposures));
    }
    return facts;
  }

  private Fact fact(FactEntity subject, FactRelation relation, int exposures) {
    var own = random.split(relation, subject.id());
    if (relation.object().isEmpty()) {
      return new Fact(
          subject,
          relation,
          own.pick(words(relation)),
          Optional.empty(),
          Optional.empty(),
          exposures);
    }
    var objects =
        entities.stream()
            .filter(each -> each.type() == relation.object().get())
            .filter(each -> !each.namesake() && !each.equals(subject))
            .toList();
    int[] drawn = own.indices(2, objects.size());
    var object = objects.get(drawn[0]);
    boolean changed = relation.changes() && own.nextDouble() < world.updated();
    return new Fact(
        subject,
        relation,
        object.name(),
        Optional.of(object),
        changed ? Optional.of(objects.get(drawn[1]).name()) : Optional.empty(),
        exposures);
  }

  private static List<String> words(FactRelation relation) {
    return switch (relation) {
      case INSTRUMENT -> Invented.INSTRUMENTS;
      case PRIZE -> Invented.AWARDS;
      case RIVER -> Invented.RIVERS;
      case PRODUCT -> Invented.PRODUCTS;
      default -> throw new IllegalStateException(relation + " has entities as its objects");
    };
  }
}
