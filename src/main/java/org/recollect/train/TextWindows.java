package org.recollect.train;

import java.util.Arrays;
import org.recollect.data.Corpus;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.RandomStream;

/// Windows at random places of a text that is one document after another, each ended by the
/// end-of-text token. Every token counts the same.
public final class TextWindows implements SequenceSource {

  private final String name;
  private final int[] tokens;

  /// @param name what log lines call it
  /// @param tokens the whole text, not copied
  public TextWindows(String name, int[] tokens) {
    this.name = name;
    this.tokens = tokens;
  }

  /// The text of a corpus.
  public static TextWindows of(String name, Corpus corpus, Tokenizer tokenizer) {
    int end = tokenizer.endOfText();
    int[] tokens = new int[1 << 16];
    int length = 0;
    for (var document : corpus.documents()) {
      int[] text = tokenizer.encode(document.text());
      if (length + text.length + 1 > tokens.length) {
        tokens = Arrays.copyOf(tokens, Math.max(2 * tokens.length, length + text.length + 1));
      }
      System.arraycopy(text, 0, tokens, length, text.length);
      length += text.length;
      tokens[length++] = end;
    }
    return new TextWindows(name, Arrays.copyOf(tokens, length));
  }

  @Override
  public String name() {
    return name;
  }

  /// How many tokens the text has.
  public int size() {
    return tokens.length;
  }

  /// @throws IllegalArgumentException if the text is shorter than the window
  @Override
  public Sequence next(int length, RandomStream random) {
    if (length + 1 > tokens.length) {
      throw new IllegalArgumentException(
          "a window of %d tokens was asked for, but '%s' has %d: take a shorter one or more text."
              .formatted(length + 1, name, tokens.length));
    }
    int from = random.nextInt(tokens.length - length);
    return Sequence.even(Arrays.copyOfRange(tokens, from, from + length + 1));
  }
}
