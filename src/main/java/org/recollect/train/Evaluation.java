package org.recollect.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.recollect.data.Corpus;
import org.recollect.data.RecallItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// What a subject can do: how well it predicts text, and whether it recalls.
public final class Evaluation {

  private static final int ROWS = 8;

  private Evaluation() {}

  /// The average information, in bits, that a byte of the corpus carries for the model: the
  /// negative log-likelihood of all documents over their length in UTF-8. Lower is better; 8 is
  /// knowing nothing. Each document is read in windows that do not overlap, the first token of the
  /// first one predicted from the end-of-text token.
  ///
  /// @param length tokens in a window: context that the model has at most
  public static double bitsPerByte(LanguageModel model, Corpus corpus, int length) {
    var windows = new ArrayList<SequenceSource.Sequence>();
    int end = model.tokenizer().endOfText();
    for (var document : corpus.documents()) {
      int[] text = model.tokenizer().encode(document.text());
      for (int from = 0; from < text.length; from += length) {
        var packer = new Packer(length);
        packer.add(from == 0 ? end : text[from - 1], 0);
        for (int i = from; i < Math.min(from + length, text.length); i++) {
          packer.add(text[i], 1);
        }
        windows.add(packer.sequence(end));
      }
    }
    double nats = 0;
    for (int from = 0; from < windows.size(); from += ROWS) {
      var rows = windows.subList(from, Math.min(from + ROWS, windows.size()));
      nats += sumOfLosses(model, Batch.of(rows, Collections.nCopies(rows.size(), "text")));
    }
    return nats / Math.log(2) / corpus.bytes();
  }

  private static double sumOfLosses(LanguageModel model, Batch batch) {
    try (var _ = Torch.newScope()) {
      return NextToken.mean(NextToken.losses(model, batch), batch, 1).getFloat();
    }
  }

  /// The share of questions that greedy decoding answers exactly, 0 to 1. Each answer is checked
  /// with the true text before it, which decides the same: decoding is right throughout if each of
  /// its tokens is the likeliest after the right ones.
  public static double recall(LanguageModel model, List<RecallItem> items) {
    int right = 0;
    int asked = 0;
    for (var item : items) {
      var tokens = item.encode(model.tokenizer()::encode);
      boolean[] hits = hits(model, tokens.ids(), tokens.answers());
      int at = 0;
      for (var question : item.questions()) {
        int length = model.tokenizer().count(question.answer());
        boolean all = true;
        for (int i = at; i < at + length; i++) {
          all &= hits[i];
        }
        at += length;
        asked++;
        right += all ? 1 : 0;
      }
    }
    return (double) right / asked;
  }

  /// Whether the likeliest token at each of the positions is the one that stands there.
  private static boolean[] hits(LanguageModel model, int[] tokens, int[] positions) {
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      var hidden = model.hidden(Memory.ofInts(manager, tokens, 1, tokens.length)).squeeze(0);
      int[] before = Arrays.stream(positions).map(position -> position - 1).toArray();
      var rows = Ops.embedding(hidden, Memory.ofInts(manager, before));
      long[] likeliest = Memory.toLongs(model.head(rows).argMax(1));
      boolean[] hits = new boolean[positions.length];
      for (int i = 0; i < hits.length; i++) {
        hits[i] = likeliest[i] == tokens[positions[i]];
      }
      return hits;
    }
  }
}
