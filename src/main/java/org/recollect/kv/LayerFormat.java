package org.recollect.kv;

import java.util.List;
import org.recollect.kernel.Basis;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Floats;

/// How one layer's keys and values are stored.
///
/// @param turned whether keys are stored after RoPE; otherwise they are turned to their position
///   whenever they are read
/// @param headsTogether key/value heads that are coded as one vector, and so must keep the same
///   tokens
/// @param keyBasis the basis in which keys are stored
/// @param keys format of the keys' pages
/// @param coarser further formats of keys, each with fewer bytes than the one before, for tokens of
///   which an allocator says that they need no more
/// @param valueBasis the basis in which values are stored; it stays within a head
/// @param values format of the values' pages
/// @param recent the most recent tokens of which at least so many stay uncoded
/// @param precise format of the tokens that stay uncoded: recent ones, and those a codec protects
public record LayerFormat(
    boolean turned,
    int headsTogether,
    Basis keyBasis,
    PageFormat keys,
    List<PageFormat> coarser,
    Basis valueBasis,
    PageFormat values,
    int recent,
    Floats precise) {

  public LayerFormat {
    coarser = List.copyOf(coarser);
    if (headsTogether < 1 || recent < 0) {
      throw new IllegalArgumentException(
          "A layer codes at least one head together and keeps 0 or more recent tokens; got %d and %d."
              .formatted(headsTogether, recent));
    }
    int larger = Math.max(keys.groupTokens(), values.groupTokens());
    if (larger % keys.groupTokens() != 0 || larger % values.groupTokens() != 0) {
      throw new IllegalArgumentException(
          "Keys and values leave together, so that one token group must divide the other; got %d and %d."
              .formatted(keys.groupTokens(), values.groupTokens()));
    }
    if (!coarser.isEmpty() && (larger > 1 || recent > 0)) {
      throw new IllegalArgumentException(
          "Keys of several formats are coded token by token as they come: use no groups of tokens and no recent ones.");
    }
  }

  /// One format for all keys.
  public LayerFormat(
      boolean turned,
      int headsTogether,
      Basis keyBasis,
      PageFormat keys,
      Basis valueBasis,
      PageFormat values,
      int recent,
      Floats precise) {
    this(turned, headsTogether, keyBasis, keys, List.of(), valueBasis, values, recent, precise);
  }

  /// Keys after RoPE and values, each head by itself, in one format and no other basis.
  public static LayerFormat plain(PageFormat keys, PageFormat values) {
    return new LayerFormat(
        true, 1, Basis.identity(), keys, Basis.identity(), values, 0, Floats.F16);
  }

  /// The same with keys stored before RoPE.
  public LayerFormat beforeRope() {
    return new LayerFormat(
        false, headsTogether, keyBasis, keys, coarser, valueBasis, values, recent, precise);
  }

  /// The same with coarser formats of keys for tokens that need no more.
  public LayerFormat orCoarser(List<PageFormat> formats) {
    return new LayerFormat(
        turned, headsTogether, keyBasis, keys, formats, valueBasis, values, recent, precise);
  }

  /// How many formats keys can have.
  public int tiers() {
    return 1 + coarser.size();
  }

  /// The format of keys of a tier, 0 the finest.
  public PageFormat keys(int tier) {
    return tier == 0 ? keys : coarser.get(tier - 1);
  }

  /// Tokens that are coded together.
  int groupTokens() {
    return Math.max(keys.groupTokens(), values.groupTokens());
  }

  /// How many of so many tokens are coded: whole groups of those that are not recent.
  int coded(int tokens) {
    return Math.max(0, tokens - recent) / groupTokens() * groupTokens();
  }

  /// Bytes of `tokens` tokens of so many channels, keys and values; the recent ones uncoded.
  long bytes(int tokens, int channels) {
    int bulk = coded(tokens);
    return keyBytes(tokens, channels)
        + values.bytes(bulk, channels)
        + precise.bytes(tokens - bulk, channels);
  }

  /// Those of the keys alone.
  long keyBytes(int tokens, int channels) {
    int bulk = coded(tokens);
    return keys.bytes(bulk, channels) + precise.bytes(tokens - bulk, channels);
  }
}
