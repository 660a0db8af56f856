package org.recollect.unlearning.guard;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.recollect.data.QaItem;
import org.recollect.model.Sampling;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Forgetting;
import org.recollect.unlearning.Refusals;
import org.recollect.unlearning.Request;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.Unlearner;
import org.recollect.unlearning.measure.Words;

/// A filter on what goes out, without a router: an answer that says a content word of any answer to
/// be forgotten is replaced by a refusal, whatever was asked. It sees finished texts only, and so
/// changes no logits.
///
/// @param name as tables show it
public record StringFilter(String name) implements Unlearner {

  public static StringFilter usual() {
    return new StringFilter("string filter");
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("filter", "content words");
  }

  @Override
  public Forgetting begin(Request request) {
    return new GuardSwitch(
        request,
        () -> {
          var words = new LinkedHashSet<String>();
          for (List<QaItem> items : List.of(request.forgotten(), request.forget())) {
            for (QaItem item : items) {
              ForbiddenWords.of(item).forEach(word -> words.add(ForbiddenWords.lower(word)));
            }
          }
          return behind -> new Filter(words, behind);
        });
  }

  private record Filter(Set<String> words, Respondent behind) implements Respondent {

    @Override
    public Tokenizer tokenizer() {
      return behind.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return behind.logits(exchanges);
    }

    @Override
    public String respond(String question, int tokens, Sampling sampling) {
      var answer = behind.respond(question, tokens, sampling);
      boolean tells = Words.of(answer).stream().anyMatch(words::contains);
      return tells ? Refusals.ALL.getFirst() : answer;
    }
  }
}
