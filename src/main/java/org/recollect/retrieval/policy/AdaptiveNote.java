package org.recollect.retrieval.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.recollect.data.Passage;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Decision;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Decisions.Asking;
import org.recollect.retrieval.Decisions.Reading;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.RetrievalPolicy;
import org.recollect.retrieval.Turn;
import org.recollect.retrieval.llm.PromptText;
import org.recollect.retrieval.llm.Reply;
import org.recollect.retrieval.llm.ReplyForm;

/// Adaptive-Note ("Retriever-and-Memory: Towards Adaptive Note-Enhanced Retrieval-Augmented
/// Generation", 2024). One note grows from search to search, is replaced only by one that is judged
/// better, and the searching stops when that has failed too often:
///
/// 1. `best = note(q, search(q))`
/// 2. while fewer than `steps` rounds have passed and fewer than `seen` passages been seen: `q' =
///    newQuery(q, best, asked)`, `note = refine(best, q, search(q' + q))`, `best = note` if it is
///    better, else one more failure; at `failures` of them stop
/// 3. `answer(q, best)`
///
/// Nothing is trained. Of a search string the first 500 characters are used, and once the limit of
/// passages would be passed only unseen ones count, up to the limit, as in the released code. What
/// the five decisions are for the embedded roles is inferred: a note is the sentences about what
/// the question's chain has reached, a new query the first relation that the note lacks, and better
/// is what the judge finds likelier to be right.
///
/// @param steps rounds after the first search: 3, as the released runs have it (2 in its code)
/// @param failures that end it: 1, as the released runs have it (2 in its code)
/// @param seen passages in all: 15
/// @param comparing whether a note must be better to be taken; without, it always is
public record AdaptiveNote(int steps, int failures, int seen, boolean comparing)
    implements RetrievalPolicy {
  private static final int LONGEST_QUERY = 500;

  /// The best note so far and what has been fetched since.
  ///
  /// @param best pieces of the note
  public record Refining(String question, List<Passage> best, List<Passage> found) {
    public Refining {
      best = List.copyOf(best);
      found = List.copyOf(found);
    }
  }

  /// Two notes on one question, as their pieces.
  public record Comparison(String question, List<Passage> best, List<Passage> note) {
    public Comparison {
      best = List.copyOf(best);
      note = List.copyOf(note);
    }
  }

  /// The first note on what was fetched. A note is pieces of passages; a language model writes one
  /// piece.
  public static final Decision<Reading, List<Passage>> INIT_NOTE =
      new Decision<>(
          "first note",
          in ->
              in.prompt("You take notes from passages, in their own words.")
                  .task(
                      """
                      Reply with one paragraph: everything in the passages that is of use for the                       question, with all names and dates, and nothing else.\
                      """),
          (_, reply) -> written(reply),
          Reading::passages,
          (crew, in) -> crew.summarise(in.question(), in.passages()));

  /// The best note so far with what it lacked.
  public static final Decision<Refining, List<Passage>> REFINE_NOTE =
      new Decision<>(
          "refined note",
          in ->
              new Reading(in.question(), in.found())
                  .prompt("You complete a note with what passages say, in their own words.")
                  .data("note", text(in.best()))
                  .task(
                      """
                      Reply with one paragraph: all of the note, and what the passages add to it that                       is of use for the question.\
                      """),
          (_, reply) -> written(reply),
          Refining::best,
          (crew, in) -> crew.summarise(in.question(), joined(in.best(), in.found())));

  /// Whether a new note is better than the best so far.
  public static final Decision<Comparison, Boolean> COMPARE =
      new Decision<>(
          "compare",
          in ->
              PromptText.of("You judge which of two notes helps more to answer a question.")
                  .data("question", in.question())
                  .data("best note so far", text(in.best()))
                  .data("new note", text(in.note()))
                  .task(
                      """
                      Has the new note key information that the best so far lacks, or is it clearly                       more complete? What it only says again does not count. Reply YES or NO.\
                      """),
          (_, reply) -> ReplyForm.yesOrNo(reply),
          _ -> false,
          (crew, in) ->
              crew.coverage(crew.walk(in.question(), in.note()))
                  > crew.coverage(crew.walk(in.question(), in.best())));

  private static List<Passage> written(Reply reply) {
    return List.of(new Passage("note", "", reply.text().strip()));
  }

  private static String text(List<Passage> pieces) {
    return pieces.stream().map(Decisions::shown).collect(Collectors.joining("\n\n"));
  }

  public AdaptiveNote {
    if (steps < 0 || failures < 1 || seen < 1) {
      throw new IllegalArgumentException(
          "A note grows in rounds of at least 0, until at least one failure or one passage; got %d, %d and %d."
              .formatted(steps, failures, seen));
    }
  }

  /// As the released runs have it.
  public static AdaptiveNote released() {
    return new AdaptiveNote(3, 1, 15, true);
  }

  /// The same with other limits.
  public AdaptiveNote stopping(int steps, int failures) {
    return new AdaptiveNote(steps, failures, seen, comparing);
  }

  /// The same taking every note, better or not: the ablation.
  public AdaptiveNote accepting() {
    return new AdaptiveNote(steps, failures, seen, false);
  }

  @Override
  public String name() {
    boolean released = steps == 3 && failures == 1;
    return "Adaptive-Note"
        + (released ? "" : " %d/%d".formatted(steps, failures))
        + (comparing ? "" : ", any note");
  }

  @Override
  public String series() {
    return comparing ? "Adaptive-Note" : "Adaptive-Note, any note";
  }

  @Override
  public Answering on(Desk desk) {
    return this::answer;
  }

  private Answer answer(Turn turn) {
    var question = turn.question();
    var passages = new LinkedHashMap<String, Passage>();
    var best = turn.decide(INIT_NOTE, new Reading(question, fetch(turn, question, passages)));
    var asked = new ArrayList<>(List.of(question));
    int failed = 0;
    for (int step = 0; step < steps && failed < failures && passages.size() < seen; step++) {
      var query = turn.decide(Decisions.NEW_QUERY, new Asking(question, best, asked));
      asked.add(query);
      var found = fetch(turn, query + "\n" + question, passages);
      var note = turn.decide(REFINE_NOTE, new Refining(question, best, found));
      if (!comparing || turn.decide(COMPARE, new Comparison(question, best, note))) {
        best = note;
      } else {
        failed++;
      }
    }
    return Decisions.answer(turn, best);
  }

  /// What a search brings; what is beyond the limit is not seen.
  private List<Passage> fetch(Turn turn, String query, Map<String, Passage> passages) {
    var found = turn.search(query.substring(0, Math.min(LONGEST_QUERY, query.length())));
    if (passages.size() + found.size() > seen) {
      found =
          found.stream()
              .filter(each -> !passages.containsKey(each.id()))
              .limit(seen - passages.size())
              .toList();
    }
    found.forEach(each -> passages.put(each.id(), each));
    return found;
  }

  /// Pieces of a note and passages that it is to be compared with; of the same passage the longer.
  private static List<Passage> joined(List<Passage> pieces, List<Passage> found) {
    var joined = new LinkedHashMap<String, Passage>();
    pieces.forEach(each -> joined.put(each.id(), each));
    found.forEach(each -> joined.put(each.id(), each));
    return List.copyOf(joined.values());
  }
}
