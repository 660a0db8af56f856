package org.recollect.data;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// A world of fictitious persons for models of a few million parameters: eight facts about each,
/// asked for and answered in full sentences of a small vocabulary. It follows TOFU (Maini et al.,
/// 2024), whose authors, questions and answers an LLM wrote; persons and sentences here are ours.
///
/// ```java
/// var world = FictiBio.of(seed);
/// ForgetSplit split = world.forget(0.10);              // 6 of 60 persons are to be forgotten
/// List<ForgetSplit> requests = world.requests(0.01, 0.05, 0.10);   // one after the other
/// ```
///
/// Persons are forgotten in one order, so that a smaller share is part of a larger one. City,
/// profession, year, award and the mother's job recur among persons; names, books and spouses do
/// not. Each item has two paraphrased answers, five perturbed ones with the values of other
/// persons, and four rephrased questions.
///
/// @param seed what fixes persons, facts and wording
/// @param persons how many are learned, 10 to 200; a tenth more are held out
/// @param exclusive whether every second of the first tenth to be forgotten has a city and a
///   profession that nobody else has
public record FictiBio(long seed, int persons, boolean exclusive) {
  private static final int MIN_PERSONS = 10;
  private static final int MAX_PERSONS = 200;
  private static final int WRONG = 5;

  /// Somebody of this world.
  ///
  /// @param name given and family name; the family name is nobody else's
  /// @param values one for each attribute, in their order
  /// @param exclusive whether nobody else has this city, nor this profession
  public record Person(String name, SequencedMap<Attribute, String> values, boolean exclusive) {
    public Person {
      values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }
  }

  public FictiBio {
    if (persons < MIN_PERSONS || persons > MAX_PERSONS) {
      throw new IllegalArgumentException(
          "A world has %d to %d persons, not %d.".formatted(MIN_PERSONS, MAX_PERSONS, persons));
    }
  }

  /// Sixty persons.
  public static FictiBio of(long seed) {
    return new FictiBio(seed, 60, false);
  }

  /// A world of this many persons.
  public FictiBio persons(int persons) {
    return new FictiBio(seed, persons, exclusive);
  }

  /// A world in which those forgotten differ in how much they have in common with those retained,
  /// for methods that weigh them by it, such as GUARD by data attribution: of the tenth of the
  /// persons that are forgotten first, the first, third, fifth and so on share city and profession
  /// with retained persons, and the others have a city and a profession that nobody else has.
  public FictiBio exclusiveValues() {
    return new FictiBio(seed, persons, true);
  }

  /// Those learned, in the order in which they are forgotten, and after them those held out.
  public List<Person> people() {
    int all = persons + tenth();
    var random = RandomStream.of(seed, "fictitious persons", persons);
    var names = Invented.persons(all, random.split("names"));
    var titles = Invented.titles(2 * all, random.split("titles"));
    var columns = new EnumMap<Attribute, List<String>>(Attribute.class);
    columns.put(Attribute.BIRTH_CITY, recurring(Invented.CITIES, Invented.RARE_CITIES, random));
    columns.put(Attribute.BIRTH_YEAR, Invented.dealt(Invented.YEARS, all, random.split("years")));
    columns.put(
        Attribute.PROFESSION, recurring(Invented.PROFESSIONS, Invented.RARE_PROFESSIONS, random));
    columns.put(Attribute.PARENT_JOB, Invented.dealt(Invented.JOBS, all, random.split("jobs")));
    columns.put(Attribute.AWARD, Invented.dealt(Invented.AWARDS, all, random.split("awards")));
    columns.put(Attribute.FIRST_BOOK, titles.subList(0, all));
    columns.put(Attribute.SECOND_BOOK, titles.subList(all, 2 * all));
    columns.put(Attribute.SPOUSE, Invented.spouses(all, random.split("spouses")));
    return IntStream.range(0, all)
        .mapToObj(i -> {
          var values = new LinkedHashMap<Attribute, String>();
          columns.forEach((attribute, column) -> values.put(attribute, column.get(i)));
          return new Person(names.get(i), values, isExclusive(i));
        })
        .toList();
  }

  /// The eight items about a person of this world, in the order of the attributes.
  ///
  /// @throws IllegalArgumentException if the person is of another world
  public List<QaItem> items(Person person) {
    var people = people();
    if (!people.contains(person)) {
      throw new IllegalArgumentException(
          "%s is not of this world; take one of its people().".formatted(person.name()));
    }
    return items(List.of(person), people);
  }

  /// The persons to be forgotten first, against the others.
  ///
  /// @param share of the learned persons, such as 0.01, 0.05 or 0.10; rounded, at least one person
  ///   is forgotten
  /// @throws IllegalArgumentException if it is not above 0 or leaves nobody to retain
  public ForgetSplit forget(double share) {
    return request(0, count(share), name(share));
  }

  /// Requests that come one after the other, each for the persons that its share adds to the one
  /// before. What an earlier request was for is in no part of a later one, so that each split's
  /// retrain oracle has learned none of it.
  ///
  /// @param shares of the learned persons, all in all; ascending by at least one person
  public List<ForgetSplit> requests(double... shares) {
    var requests = new ArrayList<ForgetSplit>();
    int gone = 0;
    for (double share : shares) {
      int count = count(share);
      if (count <= gone) {
        throw new IllegalArgumentException(
            "The share %s of %d persons adds nobody to the request before; give ascending shares."
                .formatted(share, persons));
      }
      String after = requests.isEmpty() ? "" : " after " + name(shares[requests.size() - 1]);
      requests.add(request(gone, count, name(share) + after));
      gone = count;
    }
    return List.copyOf(requests);
  }

  /// The sets trained into every model: twenty real authors and twenty facts about the world, each
  /// asked for in five ways; the same for every seed.
  public SequencedMap<String, List<QaItem>> sides() {
    return SideFacts.sets();
  }

  /// Everything that makes this world what it is, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of("world", "FictiBio", "seed", seed, "persons", persons, "exclusive", exclusive);
  }

  private ForgetSplit request(int from, int to, String name) {
    var people = people();
    return new ForgetSplit(
        name,
        items(people.subList(from, to), people),
        items(people.subList(to, persons), people),
        items(people.subList(persons, people.size()), people),
        sides());
  }

  private List<QaItem> items(List<Person> about, List<Person> people) {
    var retained = people.subList(tenth(), persons);
    return about.stream()
        .flatMap(person ->
            Arrays.stream(Attribute.values()).map(attribute -> item(person, attribute, retained)))
        .toList();
  }

  /// Wrong values are those of persons whom every split retains or forgets late, so that they are
  /// learned, and never an exclusive one.
  private QaItem item(Person person, Attribute attribute, List<Person> others) {
    var random = RandomStream.of(seed, "item", person.name(), attribute.name());
    String value = person.values().get(attribute);
    var values =
        others.stream()
            .map(other -> other.values().get(attribute))
            .distinct()
            .filter(other -> !other.equals(value))
            .toList();
    var wrong = random.shuffle(values).subList(0, WRONG);
    return attribute.phrasing().item(person.name(), value, wrong, random);
  }

  /// A value for each person: those who are forgotten first take it from somebody retained, or have
  /// one of their own.
  private List<String> recurring(List<String> common, List<String> rare, RandomStream random) {
    var stream = random.split("recurring", common.getFirst());
    var retained = Invented.dealt(common, persons - tenth(), stream);
    var own = stream.shuffle(rare);
    var column = new ArrayList<String>();
    for (int i = 0; i < tenth(); i++) {
      column.add(isExclusive(i) ? own.get(i / 2) : stream.pick(retained));
    }
    column.addAll(retained);
    column.addAll(Invented.dealt(common, tenth(), stream));
    return column;
  }

  private boolean isExclusive(int person) {
    return exclusive && person < tenth() && person % 2 == 1;
  }

  private int tenth() {
    return (int) Math.round(persons / 10.0);
  }

  private int count(double share) {
    int count = (int) Math.max(1, Math.round(share * persons));
    if (!(share > 0 && share < 1) || count >= persons) {
      throw new IllegalArgumentException(
          "Of %d persons, a share above 0 is forgotten that leaves somebody to retain, such as 0.1, not %s."
              .formatted(persons, share));
    }
    return count;
  }

  private static String name(double share) {
    return "forget%02d".formatted(Math.round(100 * share));
  }
}
