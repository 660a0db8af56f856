package org.recollect.kv.omni;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/// What the tokens of an input are, in order.
///
/// @param modalities `[tokens]`
/// @param windows the stretch of time that a token belongs to, from 0; -1 for text `[tokens]`
public record Layout(List<Modality> modalities, int[] windows) {

  public Layout {
    modalities = List.copyOf(modalities);
    if (modalities.size() != windows.length) {
      throw new IllegalArgumentException(
          "%d modalities came with %d windows: give one of each for every token."
              .formatted(modalities.size(), windows.length));
    }
  }

  public int tokens() {
    return windows.length;
  }

  /// How many tokens are of a modality.
  public int count(Modality modality) {
    return (int) modalities.stream().filter(each -> each == modality).count();
  }

  public boolean isText(int token) {
    return modalities.get(token) == Modality.TEXT;
  }

  /// The tokens of a modality, ascending.
  public int[] of(Modality modality) {
    return IntStream.range(0, tokens()).filter(i -> modalities.get(i) == modality).toArray();
  }

  /// The tokens of a modality in some successive windows, ascending.
  ///
  /// @param from the first window
  /// @param to the one behind the last
  public int[] of(Modality modality, int from, int to) {
    return Arrays.stream(of(modality)).filter(i -> windows[i] >= from && windows[i] < to).toArray();
  }

  /// One more than the last window; 0 if all is text.
  public int windowCount() {
    return Arrays.stream(windows).max().orElse(-1) + 1;
  }

  /// Some of the tokens.
  ///
  /// @param kept ascending indices
  public Layout pick(int[] kept) {
    return new Layout(
        Arrays.stream(kept).mapToObj(modalities::get).toList(),
        Arrays.stream(kept).map(i -> windows[i]).toArray());
  }
}
