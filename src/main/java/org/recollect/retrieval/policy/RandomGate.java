package org.recollect.retrieval.policy;

import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Gate;
import org.recollect.tensor.RandomStream;

/// Draws lots: what a gate must beat that searches as often.
public record RandomGate() implements Gate {

  @Override
  public String name() {
    return "random";
  }

  /// A question's lot is the same whenever it is asked.
  @Override
  public Need on(Desk desk) {
    return turn -> RandomStream.of(desk.seed(), "lots", turn.question()).nextDouble();
  }
}
