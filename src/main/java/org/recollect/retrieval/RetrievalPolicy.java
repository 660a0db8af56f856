package org.recollect.retrieval;

import java.util.List;
import org.recollect.data.Passage;
import org.recollect.lab.Arm;

/// A way to answer questions: when to search, what for, and when to stop. All policies of a study
/// share the roles, the search and the model that answers from memory; a policy is the control
/// alone, and as a rule a record of its settings.
public interface RetrievalPolicy extends Arm {

  /// Gets ready: learns from the questions to train on, chooses thresholds on those to choose by.
  Answering on(Desk desk);

  /// A policy at work on one world. What it learns from question to question, it keeps.
  interface Answering extends AutoCloseable {

    /// What has been written since the question before, in order of its days, for policies that
    /// keep a memory of their own; before the first question all that was there.
    default void hear(List<Passage> passages) {}

    /// Answers one question.
    Answer answer(Turn turn);

    /// Bytes of what it keeps between questions, beside the shared index and model.
    default long bytes() {
      return 0;
    }

    @Override
    default void close() {}
  }
}
