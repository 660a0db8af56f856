package org.recollect.kv;

import java.util.List;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// Texts from which codecs learn before anything is measured. They must be disjoint from what is
/// measured.
///
/// @param prompts at least one, read by the model whose cache is to be stored
public record Calibration(List<Prompt> prompts) {

  public Calibration {
    prompts = List.copyOf(prompts);
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("Calibration needs at least one text.");
    }
  }

  /// Reads the texts with the model.
  public static Calibration of(LanguageModel model, List<int[]> texts) {
    return new Calibration(texts.stream().map(tokens -> model.prefill(tokens, 1)).toList());
  }

  ModelConfig config() {
    return prompts.getFirst().config();
  }
}
