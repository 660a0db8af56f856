package org.recollect.retrieval;

import dev.langchain4j.model.chat.ChatModel;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.recollect.retrieval.llm.Asking;

/// Who takes the decisions of a study: the embedded roles, a language model, or a language model
/// but for some decisions.
///
/// ```java
/// Cast.of(Endpoint.at("http://localhost:8080/v1", "a-model").connect()).embedding("compare")
/// ```
public final class Cast {
  private static final Cast EMBEDDED = new Cast(Optional.empty(), Set.of());

  private final Optional<Asking> asking;

  /// Decisions that are left to the roles although there is a model.
  private final Set<String> embedded;

  private Cast(Optional<Asking> asking, Set<String> embedded) {
    this.asking = asking;
    this.embedded = embedded;
  }

  /// All decisions by the small roles that are trained on the questions to train on.
  public static Cast embedded() {
    return EMBEDDED;
  }

  /// All decisions by a language model, and answers from memory too; each is tried three times.
  public static Cast of(ChatModel model) {
    return of(Asking.of(model));
  }

  /// The same with limits and pauses of one's own.
  public static Cast of(Asking asking) {
    return new Cast(Optional.of(asking), Set.of());
  }

  /// The same with some decisions left to the roles, by the names of the [Decision]s.
  ///
  /// @throws IllegalStateException if all are already
  public Cast embedding(String... decisions) {
    if (asking.isEmpty()) {
      throw new IllegalStateException(
          "All decisions are left to the embedded roles already: start from Cast.of(model).");
    }
    var more = new TreeSet<>(embedded);
    more.addAll(Arrays.asList(decisions));
    return new Cast(asking, more);
  }

  /// As captions show it.
  public String name() {
    return asking
        .map(it ->
            "decisions by "
                + it.model()
                + (embedded.isEmpty() ? "" : " but for " + String.join(", ", embedded)))
        .orElse("embedded roles");
  }

  /// How a decision is asked for, with a count of its own; empty where the roles take it.
  Optional<Asking> asking(String decision) {
    return asking.filter(_ -> !embedded.contains(decision)).map(Asking::afresh);
  }

  boolean asks() {
    return asking.isPresent();
  }

  /// Whether any decision is left to the roles.
  boolean embeds() {
    return asking.isEmpty() || !embedded.isEmpty();
  }
}
