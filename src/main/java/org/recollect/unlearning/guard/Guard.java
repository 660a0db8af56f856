package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.List;
import org.recollect.model.Sampling;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Respondent;

/// Stands before a model: what its detector finds is answered by a beam search under a
/// [Restriction], and everything else passes as it is, to the last bit.
///
/// Logits of a prompt that is found are the restricted ones, so that a forced answer is scored by
/// the softmax of what is left. Answers to such prompts that are drawn at random are drawn from
/// these, token by token.
///
/// @param behind the model; not owned
public record Guard(Detector detector, BeamSearch search, Respondent behind) implements Respondent {

  @Override
  public Tokenizer tokenizer() {
    return behind.tokenizer();
  }

  @Override
  public List<float[]> logits(List<Exchange> exchanges) {
    var bare = behind.logits(exchanges);
    var logits = new ArrayList<float[]>();
    for (int i = 0; i < exchanges.size(); i++) {
      var match = detector.find(exchanges.get(i).question());
      logits.add(
          match.isPresent()
              ? match.get().restriction().on(exchanges.get(i), bare.get(i))
              : bare.get(i));
    }
    return List.copyOf(logits);
  }

  @Override
  public String respond(String question, int tokens, Sampling sampling) {
    int[] asked = tokenizer().encode(question);
    var match = detector.find(asked);
    if (match.isEmpty()) {
      return behind.respond(question, tokens, sampling);
    }
    if (!(sampling instanceof Sampling.Greedy)) {
      return Respondent.super.respond(question, tokens, sampling);
    }
    var restriction = match.get().restriction();
    int[] said =
        search.answer(
            this, asked, tokens, text -> !restriction.violatedBy(tokenizer().decode(text)));
    return tokenizer().decode(said).strip();
  }
}
