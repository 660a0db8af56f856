package org.recollect.kv;

import java.util.Arrays;
import org.recollect.data.RecallItem;
import org.recollect.data.RecallItem.Part;
import org.recollect.model.KeyValueCache;
import org.recollect.model.LanguageModel;
import org.recollect.model.Prompt;
import org.recollect.model.Sampling;

/// A recall task of which the model has read the context; its questions it answers from a cache.
///
/// @param context what was read
/// @param rest the questions and answers that follow, `[tokens]`
/// @param parts what each of these tokens is for
record RecallTask(Prompt context, int[] rest, Part[] parts) {

  /// Reads the context of an item.
  ///
  /// @param window queries to record
  static RecallTask of(LanguageModel model, RecallItem item, int window) {
    var tokens = item.encode(model.tokenizer()::encode);
    int context = 0;
    while (tokens.parts()[context] != Part.QUERY) {
      context++;
    }
    int all = tokens.ids().length;
    return new RecallTask(
        model.prefill(Arrays.copyOf(tokens.ids(), context), window),
        Arrays.copyOfRange(tokens.ids(), context, all),
        Arrays.copyOfRange(tokens.parts(), context, all));
  }

  /// The share of questions answered exactly. Greedy decoding gives an answer exactly when, given
  /// the answer's own tokens before it, each token is the most likely one; so the answers are read
  /// along, and each question is asked after the right answers to those before.
  double answered(LanguageModel model, KeyValueCache cache) {
    var greedy = Sampling.greedy();
    int questions = 0;
    int right = 0;
    boolean exact = true;
    for (int i = 0; i < rest.length - 1; i++) {
      int predicted = greedy.choose(model.step(rest[i], cache));
      if (parts[i + 1] == Part.ANSWER) {
        exact = (parts[i] == Part.QUERY || exact) && predicted == rest[i + 1];
        boolean last = i + 2 == rest.length || parts[i + 2] != Part.ANSWER;
        questions += last ? 1 : 0;
        right += last && exact ? 1 : 0;
      }
    }
    return (double) right / questions;
  }
}
