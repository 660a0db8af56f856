package org.recollect.kernel;

/// The keys and values of the same tokens, as a decode step reads them.
///
/// @param keys a page of keys; a panel holds one head or several
/// @param values a page of values, a panel a head
/// @param tokens how many of the page's tokens take part
/// @param positions of the tokens `[tokens]`; read only where keys are stored before RoPE, and
///   otherwise null
public record KeyValuePage(Page keys, Page values, int tokens, int[] positions) {

  public KeyValuePage {
    if (!keys.isKeys() || values.isKeys()) {
      throw new IllegalArgumentException(
          "A page of keys comes first and a page of values second: allocate them by Page.keys and Page.values.");
    }
    if (keys.channels() != values.channels() || values.panels() % keys.panels() != 0) {
      throw new IllegalArgumentException(
          "Keys of %d channels in %d panels and values of %d in %d do not belong together: values have a panel for each head."
              .formatted(keys.channels(), keys.panels(), values.channels(), values.panels()));
    }
    if (tokens < 0 || tokens > Math.min(keys.capacity(), values.capacity())) {
      throw new IllegalArgumentException(
          "%d tokens are asked of pages that hold %d keys and %d values."
              .formatted(tokens, keys.capacity(), values.capacity()));
    }
    if (positions != null && positions.length < tokens) {
      throw new IllegalArgumentException(
          "There are %d positions for %d tokens: give one for each."
              .formatted(positions.length, tokens));
    }
  }
}
