package org.recollect.data;

import java.util.List;
import org.recollect.tensor.RandomStream;

/// A picture and the words that are true of it.
///
/// @param picture `[rows][columns][channels]`, 0 to 1
/// @param words each once, of the vocabulary of its [Source]
public record Captioned(float[][][] picture, List<String> words) {
  public Captioned {
    words = List.copyOf(words);
  }

  /// Where captioned pictures come from. A record's text must say all that makes it what it is:
  /// what is learned from a source is kept under it.
  public interface Source {
    /// All words there are, those included that are true of no picture.
    List<String> vocabulary();

    /// Pixels along each side of every picture.
    int pixels();

    /// Any picture.
    Captioned draw(RandomStream random);
  }
}
