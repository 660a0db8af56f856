package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.measure.TokenScores;

/// Decoding along several answers at once: of all continuations of the best so far by a token, the
/// best are kept, by the mean log-probability of their tokens. An answer that has ended gives up
/// its place; the search is over when no place is left, and the best of all that it found wins.
///
/// With a width of 1 it takes the likeliest token each time.
///
/// @param width answers kept, at least 1
public record BeamSearch(int width) {

  public BeamSearch {
    if (width < 1) {
      throw new IllegalArgumentException(
          "A beam search keeps at least one answer, not %d.".formatted(width));
    }
  }

  /// An answer under way.
  ///
  /// @param logProbability of all its tokens, in nats
  /// @param length in tokens, the end of text included
  private record Beam(Exchange exchange, double logProbability, int length, boolean ended) {

    double score() {
      return length == 0 ? 0 : logProbability / length;
    }
  }

  /// The tokens of the best answer, without the end of text.
  ///
  /// @param tokens how many at most
  /// @param allowed whether an answer may go on as it has begun; where none of a beam's
  ///   continuations may, it ends
  public int[] answer(Respondent respondent, int[] question, int tokens, Predicate<int[]> allowed) {
    int end = respondent.tokenizer().endOfText();
    var live = List.of(new Beam(new Exchange(question), 0, 0, false));
    var found = new ArrayList<Beam>();
    for (int i = 0; i < tokens && !live.isEmpty(); i++) {
      var logits = respondent.logits(live.stream().map(Beam::exchange).toList());
      var next = new ArrayList<Beam>();
      for (int beam = 0; beam < live.size(); beam++) {
        next.addAll(continuations(live.get(beam), logits.get(beam), end, allowed));
      }
      // The sort is stable: of equals the one of the better beam, then of the lower token.
      next.sort(Comparator.comparingDouble(Beam::score).reversed());
      var kept = next.subList(0, Math.min(width - found.size(), next.size()));
      kept.stream().filter(Beam::ended).forEach(found::add);
      live = kept.stream().filter(beam -> !beam.ended).toList();
    }
    found.addAll(live);
    return found.stream()
        .max(Comparator.comparingDouble(Beam::score))
        .orElseThrow()
        .exchange()
        .said();
  }

  /// The likeliest that are allowed, as many as the beams are wide.
  private List<Beam> continuations(Beam beam, float[] logits, int end, Predicate<int[]> allowed) {
    int rows = beam.exchange.said().length + 1;
    int vocabulary = logits.length / rows;
    float[] last = Arrays.copyOfRange(logits, logits.length - vocabulary, logits.length);
    double[] logs = TokenScores.logProbabilities(last, 1)[0];
    var next = new ArrayList<Beam>();
    for (int token = likeliest(logs);
        next.size() < width && logs[token] > Double.NEGATIVE_INFINITY;
        token = likeliest(logs)) {
      double likely = beam.logProbability + logs[token];
      logs[token] = Double.NEGATIVE_INFINITY;
      boolean ends = token == end;
      var longer = ends ? beam.exchange : beam.exchange.and(token);
      if (ends || allowed.test(longer.said())) {
        next.add(new Beam(longer, likely, beam.length + 1, ends));
      }
    }
    if (next.isEmpty()) {
      next.add(new Beam(beam.exchange, beam.logProbability, Math.max(1, beam.length), true));
    }
    return next;
  }

  /// The likeliest token; of equals the lowest.
  private static int likeliest(double[] logs) {
    int best = 0;
    for (int token = 1; token < logs.length; token++) {
      best = logs[token] > logs[best] ? token : best;
    }
    return best;
  }
}
