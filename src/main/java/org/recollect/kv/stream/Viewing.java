package org.recollect.kv.stream;

import static org.recollect.kv.stream.StreamMeasures.PAST;
import static org.recollect.kv.stream.StreamMeasures.PRESENT;
import static org.recollect.kv.stream.StreamMeasures.PRESENT_READ;
import static org.recollect.kv.stream.StreamMeasures.TOKENS_HELD;
import static org.recollect.kv.stream.StreamMeasures.TOKENS_READ;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import org.recollect.data.Film.Question;
import org.recollect.lab.Outcome;

/// One memory that watches one film and is asked about it. Mutable.
final class Viewing {

  /// A question that was asked.
  private record Reply(Question question, boolean right, int read) {
    boolean past() {
      return question.kind().past();
    }

    boolean present() {
      return !past();
    }
  }

  private final ReadOut readOut;
  private final StreamMemory memory;
  private final List<Reply> replies = new ArrayList<>();
  private int mostHeld;

  Viewing(ReadOut readOut, StreamMemory memory) {
    this.readOut = readOut;
    this.memory = memory;
  }

  /// Shows the film, and asks each question at its moment.
  void watch(List<TokenGrid> frames, List<Question> questions) {
    for (var frame : frames) {
      memory.see(frame);
      mostHeld = Math.max(mostHeld, memory.held().size());
      questions.stream().filter(question -> question.moment() == frame.frame()).forEach(this::ask);
    }
  }

  private void ask(Question question) {
    var read = memory.read(question.words());
    boolean right = readOut.answer(question, read).equals(Optional.of(question.answer()));
    replies.add(new Reply(question, right, read.size()));
  }

  /// What was measured on several films.
  static Outcome outcome(List<Viewing> viewings) {
    ToDoubleFunction<Reply> right = reply -> reply.right ? 1 : 0;
    return new Outcome(new LinkedHashMap<>())
        .with(PRESENT, items(viewings, Reply::present, right))
        .with(PAST, items(viewings, Reply::past, right))
        .with(TOKENS_HELD, viewings.stream().mapToDouble(viewing -> viewing.mostHeld).toArray())
        .with(TOKENS_READ, items(viewings, reply -> true, Reply::read))
        .with(PRESENT_READ, items(viewings, Reply::present, Reply::read));
  }

  private static double[] items(
      List<Viewing> viewings, Predicate<Reply> which, ToDoubleFunction<Reply> value) {
    return viewings.stream()
        .mapToDouble(viewing ->
            viewing.replies.stream().filter(which).mapToDouble(value).average().orElseThrow())
        .toArray();
  }
}
