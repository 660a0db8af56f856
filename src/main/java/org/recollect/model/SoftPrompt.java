package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Prompt tuning (Lester et al., "The Power of Scale for Parameter-Efficient Prompt Tuning", 2021,
/// arXiv:2104.08691, section 2): vectors before the embedded text, `[P; E]`, which every layer
/// computes on as on words.
///
/// A prompt begins as the embedding of words (their section 3.2): untrained, the model predicts as
/// if those stood before the text. Owns its weights.
///
/// @param weights `prompt` `[count][hiddenSize]`
public record SoftPrompt(Weights weights) implements VirtualTokens {

  private static final String NAME = "prompt";

  /// A prompt that begins as a text.
  ///
  /// @param words token ids, at least one
  public static SoftPrompt of(LanguageModel model, int... words) {
    model.requireTokens(words);
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager();
        var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      var ids = Memory.ofInts(manager, words, words.length);
      arrays.put(NAME, model.embed(ids).duplicate());
      return new SoftPrompt(Weights.of(arrays));
    }
  }

  /// A prompt that begins as words drawn from the vocabulary, each equally likely.
  public static SoftPrompt random(LanguageModel model, int count, long seed) {
    var random = RandomStream.of(seed, "soft prompt");
    return of(model, random.ints(count, 0, model.config().vocabSize()).toArray());
  }

  /// The trained vectors, `[count][hiddenSize]`.
  public NDArray vectors() {
    return weights.get(NAME);
  }

  @Override
  public int count() {
    return (int) vectors().getShape().get(0);
  }

  /// A text with -1 for each of the vectors before it.
  int[] before(int[] text) {
    int[] all = new int[count() + text.length];
    Arrays.fill(all, 0, count(), -1);
    System.arraycopy(text, 0, all, count(), text.length);
    return all;
  }

  @Override
  public SoftPrompt copy() {
    return new SoftPrompt(weights.copy());
  }

  @Override
  public void close() {
    weights.close();
  }
}
