package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.data.QaItem;
import org.recollect.unlearning.Forgetting;
import org.recollect.unlearning.Request;
import org.recollect.unlearning.Unlearner;

/// GUARD, unlearning at the time of generation ("GUARD: Generation-time LLM Unlearning via Adaptive
/// Restriction and Detection", 2025, arXiv:2505.13312): the weights are left alone, and what must
/// not be said is kept from being said.
///
/// 1. *Detection.* A [Router] reads the mean hidden state of a prompt in the frozen model. Below
///    the threshold the prompt is answered as ever, bit by bit.
/// 2. *Retrieval.* Otherwise the nearest stored prompt by the cosine of these states says which
///    answer must not be given (from here on inferred; the abstract names the parts only).
/// 3. *Restriction.* The content words of that answer are forbidden: see [Restriction].
/// 4. *Generation.* A [BeamSearch] finds the best answer that is left.
///
/// Nothing is trained but the router. The facts stay in the weights, and a request is withdrawn by
/// dropping what is stored of it: it is suppression.
///
/// @param name as tables show it
/// @param rephrasings of each prompt that the router learns besides, at least 0; 1 unless said
///   otherwise (inferred)
/// @param threshold from which on a prompt is restricted, 0 to 1; 0.5 (inferred)
/// @param hard whether forbidden words are impossible
/// @param penalty what words near them lose, in units of logits; 0 for none, infinity to filter
///   them out, 10 (inferred)
/// @param width of the beams, at least 1; 5 (inferred)
/// @param quantile words are near whose cosine is above that of this share of random pairs, 0 to 1;
///   0.99 (inferred)
public record GuardedGeneration(
    String name,
    int rephrasings,
    double threshold,
    boolean hard,
    double penalty,
    int width,
    double quantile)
    implements Unlearner {

  public GuardedGeneration {
    if (rephrasings < 0
        || !(threshold >= 0 && threshold <= 1)
        || !(penalty >= 0)
        || width < 1
        || !(quantile >= 0 && quantile <= 1)) {
      throw new IllegalArgumentException(
          "A guard has a threshold and a quantile from 0 to 1, at least 0 rephrasings, a penalty of at least 0 and a beam at least 1 wide; got %s, %s, %d, %s and %d."
              .formatted(threshold, quantile, rephrasings, penalty, width));
    }
    if (!hard && penalty == 0) {
      throw new IllegalArgumentException(
          "A guard without hard matches and without a penalty keeps nothing back: take one of them.");
    }
  }

  /// Hard and soft matches.
  public static GuardedGeneration usual() {
    return new GuardedGeneration("GUARD", 1, 0.5, true, 10, 5, 0.99);
  }

  /// The same with so many rephrasings of each prompt for the router.
  public GuardedGeneration rephrasings(int rephrasings) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  /// The same with another threshold.
  public GuardedGeneration threshold(double threshold) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  /// The same without soft matches.
  public GuardedGeneration hardOnly() {
    return new GuardedGeneration(name, rephrasings, threshold, true, 0, width, quantile);
  }

  /// The same without hard matches.
  public GuardedGeneration softOnly() {
    return new GuardedGeneration(name, rephrasings, threshold, false, penalty, width, quantile);
  }

  /// The same with another penalty on near words.
  public GuardedGeneration penalty(double penalty) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  /// The same with beams of another width.
  public GuardedGeneration width(int width) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  /// The same with another bound of nearness.
  public GuardedGeneration quantile(double quantile) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  /// The same under another name.
  public GuardedGeneration named(String name) {
    return new GuardedGeneration(name, rephrasings, threshold, hard, penalty, width, quantile);
  }

  Restriction.Matching matching() {
    return new Restriction.Matching(hard, penalty);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "rephrasings", rephrasings,
        "threshold", threshold,
        "hard", hard,
        "penalty", Double.toString(penalty),
        "width", width,
        "quantile", quantile);
  }

  @Override
  public Forgetting begin(Request request) {
    request.retainFor(name);
    return new GuardSwitch(
        request,
        () -> {
          var detector = detector(request);
          return behind -> new Guard(detector, new BeamSearch(width), behind);
        });
  }

  /// What earlier requests were for has a router of its own.
  Detector detector(Request request) {
    var detector = Detector.of(request.model());
    for (List<QaItem> items : List.of(request.forgotten(), request.forget())) {
      if (!items.isEmpty()) {
        meter(request, items);
        var guarded =
            GuardedRequest.of(this, request.model(), items, request.retain(), request.seed());
        detector = detector.with(guarded);
      }
    }
    return detector;
  }

  /// Each weight and token takes two operations; the router's own are few.
  private void meter(Request request, List<QaItem> items) {
    var read = new ArrayList<>(items);
    read.addAll(request.retain());
    long tokens = GuardedRequest.tokens(this, request.model(), read);
    request.meter().tokens(tokens).flop(2.0 * request.model().weights().parameters() * tokens);
  }
}
