package org.recollect.kv;

import java.util.List;
import java.util.Optional;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;

/// Texts from which codecs and allocators learn before anything is measured. They must be disjoint
/// from what is measured.
///
/// @param prompts at least one, read by the model whose cache is to be stored
/// @param model that read them, for codecs that ask it for gradients: lent, and open as long as
///   something is fitted
public record Calibration(List<Prompt> prompts, Optional<LanguageModel> model) {

  public Calibration {
    prompts = List.copyOf(prompts);
    if (prompts.isEmpty()) {
      throw new IllegalArgumentException("Calibration needs at least one text.");
    }
  }

  /// Texts that were read, without the model that did.
  public Calibration(List<Prompt> prompts) {
    this(prompts, Optional.empty());
  }

  /// Reads the texts with the model.
  public static Calibration of(LanguageModel model, List<int[]> texts) {
    return of(model, texts, 1);
  }

  /// Reads the texts with the model and records the attention of their last queries, for those who
  /// learn from it.
  ///
  /// @param window queries to record
  public static Calibration of(LanguageModel model, List<int[]> texts, int window) {
    var prompts = texts.stream().map(tokens -> model.prefill(tokens, window)).toList();
    return new Calibration(prompts, Optional.of(model));
  }

  /// The same texts with the model, or one that computes the same, as it is open now.
  Calibration lent(LanguageModel open) {
    return new Calibration(prompts, Optional.of(open));
  }

  /// How much the loss of each text depends on its keys and values.
  ///
  /// @throws IllegalStateException if the model is not at hand
  List<FisherInformation> fisherInformation() {
    var reader =
        model.orElseThrow(() ->
            new IllegalStateException(
                "Squared gradients are asked of the model that read the texts: calibrate by Calibration.of(model, texts), or choose a codec that weighs all errors alike, such as KvQuant.unweighted()."));
    return prompts.stream().map(prompt -> FisherInformation.of(reader, prompt.tokens())).toList();
  }

  ModelConfig config() {
    return prompts.getFirst().config();
  }
}
