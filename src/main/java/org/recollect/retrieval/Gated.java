package org.recollect.retrieval;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// Answers from memory unless a gate says that a search is needed.
///
/// The threshold is chosen on the questions to choose by: that of the highest accuracy, or that by
/// which a given share of them is searched for.
///
/// @param gate that tells the need
/// @param rate share of the questions to be searched for, 0 to 1; empty for the most accurate
public record Gated(Gate gate, OptionalDouble rate) implements RetrievalPolicy {

  public Gated {
    if (!(rate.orElse(0) >= 0 && rate.orElse(0) <= 1)) {
      throw new IllegalArgumentException(
          "A share of 0 to 1 of all questions can be searched for, not %s."
              .formatted(rate.getAsDouble()));
    }
  }

  /// A gate at the threshold of the highest accuracy.
  public static Gated by(Gate gate) {
    return new Gated(gate, OptionalDouble.empty());
  }

  /// The same at the threshold by which this share of the questions is searched for.
  public Gated atRate(double share) {
    return new Gated(gate, OptionalDouble.of(share));
  }

  @Override
  public String name() {
    return rate.isEmpty() ? gate.name() : "%s at %s".formatted(gate.name(), rate.getAsDouble());
  }

  @Override
  public String series() {
    return gate.name();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "gate", gate, "rate", rate.isPresent() ? rate.getAsDouble() : "the most accurate");
  }

  /// A question to choose by: how much it seems to need a search, and what is right without one and
  /// with one.
  record Case(double need, boolean alone, boolean searched) {}

  @Override
  public Answering on(Desk desk) {
    var need = gate.on(desk);
    var cases =
        desk.world().questions().validation().stream()
            .map(question -> {
              var rehearsal = desk.rehearsal(question);
              return new Case(
                  need.of(desk.rehearse(question)), rehearsal.alone(), rehearsal.searched());
            })
            .toList();
    double threshold =
        rate.isPresent() ? threshold(cases, rate.getAsDouble()) : mostAccurate(cases);
    return new Threshold(need, threshold);
  }

  /// Searches from a need on.
  private record Threshold(Gate.Need need, double least) implements Answering {

    @Override
    public Answer answer(Turn turn) {
      return need.of(turn) >= least ? Decisions.searched(turn) : Decisions.recalled(turn);
    }

    @Override
    public void close() {
      need.close();
    }
  }

  /// The need that this share of the cases reaches.
  static double threshold(List<Case> cases, double rate) {
    double[] needs = cases.stream().mapToDouble(Case::need).sorted().toArray();
    int searched = (int) Math.round(rate * needs.length);
    return searched == 0 ? Double.POSITIVE_INFINITY : needs[needs.length - searched];
  }

  /// The threshold of the most right answers; of equal ones the highest, which searches least.
  /// Between two needs it lies in the middle.
  static double mostAccurate(List<Case> cases) {
    double[] needs = cases.stream().mapToDouble(Case::need).distinct().sorted().toArray();
    double best = Double.POSITIVE_INFINITY;
    long most = right(cases, best);
    for (int i = needs.length - 1; i >= 0; i--) {
      double threshold = i == 0 ? Double.NEGATIVE_INFINITY : (needs[i - 1] + needs[i]) / 2;
      long right = right(cases, threshold);
      if (right > most) {
        most = right;
        best = threshold;
      }
    }
    return best;
  }

  private static long right(List<Case> cases, double threshold) {
    return cases.stream()
        .filter(each -> each.need() >= threshold ? each.searched() : each.alone())
        .count();
  }
}
