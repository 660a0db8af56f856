package org.recollect.unlearning.guard;

import java.nio.IntBuffer;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.recollect.model.LanguageModel;

/// Finds the prompts that a guard has to restrict. It reads them with the model as it was when the
/// requests came, whatever has become of the weights behind the guard since.
///
/// Immutable but for what it remembers of prompts that it has seen.
public final class Detector {
  private final LanguageModel original;
  private final List<GuardedRequest> requests;
  private final Map<IntBuffer, Optional<GuardedRequest.Match>> seen = new HashMap<>();

  private Detector(LanguageModel original, List<GuardedRequest> requests) {
    this.original = original;
    this.requests = requests;
  }

  /// A detector that finds nothing yet.
  ///
  /// @param original whose states are read; not owned
  public static Detector of(LanguageModel original) {
    return new Detector(original, List.of());
  }

  /// One that finds the prompts of this request too.
  public Detector with(GuardedRequest request) {
    return new Detector(original, Stream.concat(requests.stream(), Stream.of(request)).toList());
  }

  /// One that no longer finds the prompts of this request, as if it had never been made.
  public Detector without(GuardedRequest request) {
    return new Detector(original, requests.stream().filter(other -> other != request).toList());
  }

  /// The nearest stored prompt of the requests that a prompt is about, if there are any.
  ///
  /// @param prompt tokens, at least one
  Optional<GuardedRequest.Match> find(int... prompt) {
    return seen.computeIfAbsent(IntBuffer.wrap(prompt.clone()), _ -> search(prompt));
  }

  private Optional<GuardedRequest.Match> search(int... prompt) {
    if (requests.isEmpty()) {
      return Optional.empty();
    }
    double[] state = PromptStates.of(original, List.of(prompt)).getFirst();
    return requests.stream()
        .filter(request -> request.routes(state))
        .map(request -> request.nearest(state))
        .max(Comparator.comparingDouble(GuardedRequest.Match::cosine));
  }
}
