package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.data.Popularity;
import org.recollect.retrieval.llm.Asking;
import org.recollect.retrieval.llm.NoReply;

/// One question on its way to an answer. All that a policy does goes through here, and is counted.
/// Mutable, for one question.
public final class Turn {
  private final Desk desk;
  private final OpenQuestion asked;
  private final Set<String> fetched = new LinkedHashSet<>();
  private final List<String> queries = new ArrayList<>();
  private Optional<Draft> draft = Optional.empty();
  private long calls;
  private long tokens;
  private long decisions;
  private long fallBacks;

  Turn(Desk desk, OpenQuestion asked) {
    this.desk = desk;
    this.asked = asked;
  }

  /// The question as it is asked: all that a method is shown.
  public String question() {
    return asked.text();
  }

  /// The relation that a question notes, for methods that are defined by it; may be empty.
  public String relation() {
    return asked.relation();
  }

  /// How often texts speak of what is asked about, for methods that are defined by it.
  public Optional<Popularity> popularity() {
    return asked.popularity();
  }

  /// What is known of the question to judges; for bounds, which no method may use.
  OpenQuestion gold() {
    return asked;
  }

  /// What the model says from memory; asked once.
  public Draft draft() {
    if (draft.isEmpty()) {
      draft = Optional.of(decide(Decisions.draft(desk), question()));
    }
    return draft.get();
  }

  /// What another model says from memory, such as a tuned one.
  public Draft draft(Drafter other) {
    called(question().split("\\s+").length);
    return other.answer(question());
  }

  /// How likely another model is to begin with the first token of an answer, 0 to 1.
  public double inclination(Drafter other, String answer) {
    called(question().split("\\s+").length);
    return other.inclination(question(), answer);
  }

  /// As many passages as the study fetches, the best first.
  public List<Passage> search(String query) {
    return search(query, desk.fetched());
  }

  /// Passages for a query, the best first; of later days than the question's there are none yet.
  public List<Passage> search(String query, int count) {
    var found = desk.search(query, count, asked.day());
    queries.add(query);
    found.forEach(passage -> fetched.add(passage.id()));
    return found;
  }

  /// Has a decision taken by whom the [Cast] says.
  public <I, O> O decide(Decision<I, O> decision, I input) {
    decisions++;
    var asking = desk.cast().asking(decision.name());
    return asking.isPresent() ? ask(decision, input, asking.get()) : embed(decision, input);
  }

  private void called(int words) {
    calls++;
    tokens += words;
  }

  private <I, O> O embed(Decision<I, O> decision, I input) {
    called(decision.prompt().apply(input).words());
    return decision.embedded().apply(desk.crew(), input);
  }

  private <I, O> O ask(Decision<I, O> decision, I input, Asking asking) {
    var prompt = decision.prompt().apply(input);
    try {
      return asking.ask(prompt, reply -> decision.reply().apply(input, reply));
    } catch (NoReply none) {
      fallBacks++;
      return decision.fallback().apply(input);
    } finally {
      var spent = asking.tally();
      calls += spent.calls();
      tokens += spent.promptTokens() + spent.uncounted() * prompt.words();
    }
  }

  /// Searches until now.
  public int searches() {
    return queries.size();
  }

  /// Ids of all passages that searches brought.
  Set<String> fetched() {
    return fetched;
  }

  /// Decisions and answers from memory until now.
  long calls() {
    return calls;
  }

  /// What was read for them: tokens as a model counts them, words where none does.
  long tokens() {
    return tokens;
  }

  /// Decisions until now, however many calls each took.
  long decisions() {
    return decisions;
  }

  /// Those of them in which the fall-back stands in for a reply.
  long fallBacks() {
    return fallBacks;
  }
}
