package org.recollect.retrieval;

/// Searches exactly where memory is wrong: the upper bound of all gates, which knows the answers.
public record OracleGate() implements RetrievalPolicy {

  @Override
  public String name() {
    return "oracle";
  }

  @Override
  public Answering on(Desk desk) {
    return turn -> {
      var recalled = Decisions.recalled(turn);
      return Marking.contains(recalled.text(), turn.gold().answers())
          ? recalled
          : Decisions.searched(turn);
    };
  }
}
