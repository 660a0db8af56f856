package org.recollect.kv.stream;

import java.util.List;

/// What is held of one film while it runs. Mutable.
public interface StreamMemory {

  /// Takes in the next frame and forgets what the budget has no room for.
  void see(TokenGrid frame);

  /// What is held now, in order of time.
  List<VisualToken> held();

  /// What is read for a question: some or all of what is held, in order of time.
  ///
  /// @param question its words
  List<VisualToken> read(List<String> question);
}
