package org.recollect.retrieval;

/// A gate that searches as often as another policy does, by the share of the questions to choose by
/// that the other searches for: what shows whether a policy searches at the right questions, and
/// not only as often as is good.
///
/// @param gate that tells the need
/// @param other whose rate is taken
public record AsOften(Gate gate, RetrievalPolicy other) implements RetrievalPolicy {

  @Override
  public String name() {
    return "%s as often as %s".formatted(gate.name(), other.name());
  }

  @Override
  public Answering on(Desk desk) {
    return Gated.by(gate).atRate(rate(desk)).on(desk);
  }

  private double rate(Desk desk) {
    try (var answering = other.on(desk)) {
      return desk.world().questions().validation().stream()
          .map(desk::rehearse)
          .peek(answering::answer)
          .mapToInt(turn -> turn.searches() > 0 ? 1 : 0)
          .average()
          .orElse(0);
    }
  }
}
