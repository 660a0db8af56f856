package org.recollect.data;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.recollect.tensor.RandomStream;

/// Writes the documents of a [StreamWorld] day by day, and remembers which of them says what when.
/// Mutable: for one library.
final class StreamWriter {
  private static final int FACTS_OF_A_DOCUMENT = 3;

  /// That a fact holds of a value from a day on.
  record Statement(int day, String value, String passage) {}

  private final StreamWorld world;
  private final RandomStream random;
  private final List<Passage> passages = new ArrayList<>();
  private final Map<Fact, List<Statement>> statements = new LinkedHashMap<>();

  /// Changes by the day on which they are due.
  private final TreeMap<Integer, List<Fact>> changes = new TreeMap<>();

  StreamWriter(StreamWorld world, FactBook facts, RandomStream random) {
    this.world = world;
    this.random = random;
    var documents = new ArrayDeque<>(documents(facts));
    for (int day = 1; day <= world.days(); day++) {
      int written = changed(day);
      while (written < world.facts() && !documents.isEmpty()) {
        var some = documents.removeFirst();
        write(some, day);
        written += some.size();
      }
    }
  }

  List<Passage> passages() {
    return List.copyOf(passages);
  }

  /// What is written of each fact, in the order of its days: one statement, or two where it
  /// changes.
  Map<Fact, List<Statement>> statements() {
    return statements;
  }

  /// One to three facts of one entity each.
  private List<List<Fact>> documents(FactBook facts) {
    var documents = new ArrayList<List<Fact>>();
    for (FactEntity entity : facts.entities()) {
      var all = random.split("facts", entity.id()).shuffle(facts.of(entity));
      var own = random.split("sizes", entity.id());
      for (int from = 0, to; from < all.size(); from = to) {
        to = Math.min(all.size(), from + 1 + (int) (own.nextDouble() * FACTS_OF_A_DOCUMENT));
        documents.add(all.subList(from, to));
      }
    }
    return random.split("order").shuffle(documents);
  }

  /// Writes the changes that are due; those that find no room wait for the next day.
  private int changed(int day) {
    int written = 0;
    while (written < world.facts() && !changes.isEmpty() && changes.firstKey() <= day) {
      var due = changes.firstEntry();
      var fact = due.getValue().removeFirst();
      if (due.getValue().isEmpty()) {
        changes.remove(due.getKey());
      }
      add(List.of(fact), Fact::value, day);
      written++;
    }
    return written;
  }

  private void write(List<Fact> some, int day) {
    add(some, Fact::first, day);
    for (Fact fact : some) {
      if (fact.former().isPresent() && day < world.days()) {
        var own = random.split("change", passages.size(), fact.relation());
        int later = day + 1 + (int) (own.nextDouble() * (world.days() - day));
        changes.computeIfAbsent(later, _ -> new ArrayList<>()).add(fact);
      }
    }
  }

  private void add(List<Fact> some, Function<Fact, String> value, int day) {
    var entity = some.getFirst().subject();
    var own = random.split("document", passages.size());
    var id = "document %d of day %d".formatted(passages.size() + 1, day);
    var sentences = new ArrayList<String>();
    sentences.add(FactWriter.remark(entity, own));
    for (Fact fact : some) {
      sentences.add(fact.say(value.apply(fact), own));
      statements
          .computeIfAbsent(fact, _ -> new ArrayList<>())
          .add(new Statement(day, value.apply(fact), id));
    }
    passages.add(new Passage(id, entity.name(), String.join(" ", sentences), day));
  }
}
