package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.model.Sampling;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Forgetting;
import org.recollect.unlearning.Refusals;
import org.recollect.unlearning.Request;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.Unlearner;

/// The plainest use of a router: what it finds is refused with a sentence, and everything else
/// passes as it is.
///
/// A refused prompt has no prediction: all tokens are equally likely where an answer is scored
/// (inferred).
///
/// @param name as tables show it
/// @param guard whose router decides
public record PromptRefusal(String name, GuardedGeneration guard) implements Unlearner {

  /// By the router of the usual guard.
  public static PromptRefusal usual() {
    return new PromptRefusal("refusal", GuardedGeneration.usual());
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("router", guard.configuration());
  }

  @Override
  public Forgetting begin(Request request) {
    request.retainFor(name);
    return new GuardSwitch(
        request,
        () -> {
          var detector = guard.detector(request);
          return behind -> new Refuser(detector, behind);
        });
  }

  private record Refuser(Detector detector, Respondent behind) implements Respondent {

    @Override
    public Tokenizer tokenizer() {
      return behind.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      var logits = new ArrayList<float[]>();
      var bare = behind.logits(exchanges);
      for (int i = 0; i < exchanges.size(); i++) {
        boolean found = detector.find(exchanges.get(i).question()).isPresent();
        logits.add(found ? new float[bare.get(i).length] : bare.get(i));
      }
      return List.copyOf(logits);
    }

    @Override
    public String respond(String question, int tokens, Sampling sampling) {
      return detector.find(tokenizer().encode(question)).isPresent()
          ? Refusals.ALL.getFirst()
          : behind.respond(question, tokens, sampling);
    }
  }
}
