package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// How a model reads into a cache and generates from one.
///
/// @param before what stands before every text
record Generation(LanguageModel model, Optional<VirtualTokens> before) {

  /// See [LanguageModel#prefill].
  Prompt prefill(int[] tokens, int window) {
    var config = model.config();
    model.requireTokens(tokens);
    var placement = Placement.ofText(tokens.length);
    if (before.isEmpty()) {
      return read(tokens, placement, new PromptRecorder(config, tokens, window));
    }
    return switch (before.get()) {
      case SoftPrompt prompt ->
          read(tokens, placement, new PromptRecorder(config, prompt.before(tokens), window));
      case Prefix prefix ->
          prefix.before(read(tokens, placement, PromptRecorder.ofPiece(config, tokens)));
    };
  }

  /// Reads tokens, at least one.
  Prompt read(int[] tokens, Placement placement, PromptRecorder recorder) {
    model.requireTokens(tokens);
    try (var _ = Torch.newScope()) {
      var last = model.hidden(ids(tokens), placement, recorder).get(":, -1");
      return recorder.prompt(Memory.toFloats(model.head(last)));
    }
  }

  NDArray ids(int... tokens) {
    var manager = model.weights().get("model.norm.weight").getManager();
    return Memory.ofInts(manager, tokens, 1, tokens.length);
  }

  /// See [LanguageModel#generate(float[], KeyValueCache, int, Sampling)].
  int[] generate(float[] logits, KeyValueCache cache, int newTokens, Sampling sampling) {
    int end = model.endOfText();
    var tokens = IntStream.builder();
    for (int i = 0; i < newTokens; i++) {
      int token = sampling.choose(logits);
      if (token == end) {
        break;
      }
      tokens.add(token);
      if (i < newTokens - 1) {
        logits = model.step(token, cache);
      }
    }
    return tokens.build().toArray();
  }

  /// The tokens before this text must be in the cache.
  void requireRead(KeyValueCache cache) {
    int count = before.map(VirtualTokens::count).orElse(0);
    if (cache.position() < count) {
      throw new IllegalStateException(
          "The cache lacks the %d trained vectors before the text: make it of what prefill gives."
              .formatted(count));
    }
  }
}
