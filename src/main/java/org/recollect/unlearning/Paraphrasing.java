package org.recollect.unlearning;

import java.util.List;
import java.util.stream.Stream;
import org.recollect.data.QaItem;

/// Asking in other words: each question as it stands and in every rephrasing that the material has.
///
/// The best way counts, not the mean: an attacker needs to succeed once, and the unlearned question
/// is among the ways, so that the attack reveals nothing or something, never less than nothing. The
/// mean without the question itself is [UnlearningMeasures#REPHRASED_ROUGE]. As the best of several
/// also flatters a model that never knew, read it beside the oracle under the same attack.
public record Paraphrasing() implements Attack {

  @Override
  public String name() {
    return "rephrased";
  }

  @Override
  public List<String> questions(QaItem item) {
    return Stream.concat(Stream.of(item.question()), item.rephrasings().stream()).toList();
  }
}
