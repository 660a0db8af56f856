package org.recollect.data;

import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import org.recollect.tensor.RandomStream;

/// A [FactWorld]'s facts as they come in day by day: documents with one to three new facts about an
/// entity, and questions in between. A fact that may change can come to hold of another value on a
/// later day, so that what was right is right no more. Each fact is asked for once on or after the
/// day on which it is first written; one that has changed before that day and after.
///
/// A model is told what the facts said at first. What questions are about is dealt out to the parts
/// as in a [FactWorld]. The generator is ours; its knobs are inferred from what the papers vary.
///
/// @param days from 2
/// @param facts that are new or changed on a day, about; as many as two more where the last
///   document has several
/// @param updated share of the facts that may change which do, where days are left
public record StreamWorld(int days, int facts, double updated) implements World {

  private static final Map<String, BiFunction<StreamWorld, Double, StreamWorld>> KNOBS =
      Map.of("updated", StreamWorld::updated);

  /// What a [FactWorld] of 240 persons is sure to have.
  private static final int MOST_FACTS = 1500;

  private static final int FACTS_OF_A_PERSON = 6;

  public StreamWorld {
    if (days < 2 || facts < 1 || (long) days * facts > MOST_FACTS) {
      throw new IllegalArgumentException(
          "A stream has 2 days or more, a fact or more on each, and %,d facts in all at most; got %d days with %d."
              .formatted(MOST_FACTS, days, facts));
    }
    if (!(updated >= 0 && updated <= 1)) {
      throw new IllegalArgumentException(
          "The updated of a stream must be from 0 to 1, but got %s.".formatted(updated));
    }
  }

  /// A stream of so many days, with ten facts on each; half of what may change does.
  public static StreamWorld of(int days) {
    return new StreamWorld(days, 10, 0.5);
  }

  public StreamWorld facts(int aDay) {
    return new StreamWorld(days, aDay, updated);
  }

  public StreamWorld updated(double share) {
    return new StreamWorld(days, facts, share);
  }

  @Override
  public String name() {
    return "a stream of %d days".formatted(days);
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

  @Override
  public Drawn at(long seed) {
    var random = RandomStream.of(seed, "stream");
    int persons = Math.clamp(days * facts / FACTS_OF_A_PERSON + 1, 16, 240);
    var book = new FactDraw(FactWorld.of(persons).updated(updated), random).facts();
    var writer = new StreamWriter(this, book, random.split("documents"));
    return new Drawn(
        Library.of(name(), writer.passages()),
        new StreamAsker(name(), days, book, writer, random.split("questions")).questions(),
        FactWorld.told(book, random.split("told")));
  }
}
