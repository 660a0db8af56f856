package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.recollect.tensor.RandomStream;

/// A world of fictitious persons, towns, firms and provinces, and of twelve relations between them.
///
/// A model is told each fact as often as its exposures say, which follow two independent laws of
/// Zipf: over entities, and over the relations of an entity. Passages state every fact, in ways
/// that models were told and in others. What makes search fail is in the passages: namesakes, old
/// values beside new ones, and passages that name an entity beside the facts of another, more of
/// them the better known an entity is. Questions follow a chain of up to `hops` relations whose
/// middle is not named. What questions are about is dealt out to the parts, half of all entities to
/// the training part.
///
/// The generator is ours; its knobs are inferred from what the papers vary.
///
/// @param persons 16 to 240; there are a quarter as many towns, three eighths as many firms, and a
///   province for every twenty
/// @param skew exponent of Zipf's law over entities, 0 for all alike
/// @param pairSkew exponent over the relations of an entity
/// @param exposures of the best known fact
/// @param namesakes share of persons who have their name from another
/// @param distractors passages about an entity that do not say what is asked, on average
/// @param updated share of the facts that may change of which an old value is in the passages, and
///   is what models are told
/// @param hops of the longest questions, 1 to 4
/// @param asked questions of each number of hops in the test part, at most; twice as many in the
///   training part, half as many in the other
public record FactWorld(
    int persons,
    double skew,
    double pairSkew,
    int exposures,
    double namesakes,
    double distractors,
    double updated,
    int hops,
    int asked)
    implements World {

  /// What can be varied, by the name of a setting.
  private static final Map<String, BiFunction<FactWorld, Double, FactWorld>> KNOBS =
      Map.of(
          "skew", FactWorld::skew,
          "pair skew", FactWorld::pairSkew,
          "namesakes", FactWorld::namesakes,
          "distractors", FactWorld::distractors,
          "updated", FactWorld::updated);

  public FactWorld {
    requireRange("persons", persons, 16, 240);
    requireRange("skew", skew, 0, 4);
    requireRange("pairSkew", pairSkew, 0, 4);
    requireRange("exposures", exposures, 1, 10_000);
    requireRange("namesakes", namesakes, 0, 0.5);
    requireRange("distractors", distractors, 0, 100);
    requireRange("updated", updated, 0, 1);
    requireRange("hops", hops, 1, 4);
    requireRange("asked", asked, 1, 10_000);
  }

  /// A world of this many persons, with exposures from 300 down to none, a tenth of all persons
  /// with the name of another, five distractors an entity, and a fifth of what may change changed.
  public static FactWorld of(int persons) {
    return new FactWorld(persons, 1, 1, 300, 0.1, 5, 0.2, 1, 100);
  }

  public FactWorld skew(double exponent) {
    return new FactWorld(
        persons, exponent, pairSkew, exposures, namesakes, distractors, updated, hops, asked);
  }

  public FactWorld pairSkew(double exponent) {
    return new FactWorld(
        persons, skew, exponent, exposures, namesakes, distractors, updated, hops, asked);
  }

  public FactWorld exposures(int most) {
    return new FactWorld(
        persons, skew, pairSkew, most, namesakes, distractors, updated, hops, asked);
  }

  public FactWorld namesakes(double share) {
    return new FactWorld(
        persons, skew, pairSkew, exposures, share, distractors, updated, hops, asked);
  }

  public FactWorld distractors(double average) {
    return new FactWorld(
        persons, skew, pairSkew, exposures, namesakes, average, updated, hops, asked);
  }

  public FactWorld updated(double share) {
    return new FactWorld(
        persons, skew, pairSkew, exposures, namesakes, distractors, share, hops, asked);
  }

  public FactWorld hops(int most) {
    return new FactWorld(
        persons, skew, pairSkew, exposures, namesakes, distractors, updated, most, asked);
  }

  public FactWorld asked(int questions) {
    return new FactWorld(
        persons, skew, pairSkew, exposures, namesakes, distractors, updated, hops, questions);
  }

  @Override
  public String name() {
    return "a world of %d persons".formatted(persons);
  }

  @Override
  public Set<String> knobs() {
    return KNOBS.keySet();
  }

  @Override
  public World with(String knob, double value) {
    return KNOBS.containsKey(knob)
        ? KNOBS.get(knob).apply(this, value)
        : World.super.with(knob, value);
  }

  @Override
  public String digest() {
    return new TextDigest().add(toString()).hex();
  }

  /// What differs only in passages has the same facts, exposures and questions.
  @Override
  public Drawn at(long seed) {
    var random = RandomStream.of(seed, "facts");
    var facts = new FactDraw(this, random).facts();
    var writer = new FactWriter(this, facts, random.split("passages"));
    var library = Library.of(name(), writer.passages());
    var questions = new FactAsker(this, facts, writer, random.split("questions")).questions();
    return new Drawn(library, questions, told(facts, random.split("told")));
  }

  /// All that a model is told, in random order: each fact as often as its exposures say, and what
  /// is no fact.
  static List<String> told(FactBook facts, RandomStream random) {
    var told = new ArrayList<String>();
    for (Fact fact : facts.all()) {
      for (int i = 0; i < fact.exposures(); i++) {
        told.add(fact.tell(random));
      }
    }
    facts
        .remarks()
        .forEach((entity, count) -> {
          for (int i = 0; i < count; i++) {
            told.add(FactWriter.remark(entity, random));
          }
        });
    return random.shuffle(told);
  }

  private static void requireRange(String knob, double value, double low, double high) {
    if (!(value >= low && value <= high)) {
      throw new IllegalArgumentException(
          "The %s of a world of facts must be from %s to %s, but got %s."
              .formatted(knob, low, high, value));
    }
  }
}
