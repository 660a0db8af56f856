package org.recollect.model;

/// What the decoder asks of a key/value cache while it generates. Mutable; owns its memory.
///
/// Keys and queries arrive before RoPE, and the cache turns them itself: so it may store keys
/// before or after the rotation, and may give a kept token another position than the one it had in
/// the text. One token visits all layers in order, 0 to the last, before the next token comes.
public interface KeyValueCache extends AutoCloseable {

  /// The number of tokens seen so far, kept or not.
  int position();

  /// Takes one token's keys and values of one layer, and attends to what the cache keeps of that
  /// layer, this token included.
  ///
  /// @param layer the decoder layer, from 0
  /// @param queries `[heads][headDim]`, before RoPE
  /// @param keys `[kvHeads][headDim]`, before RoPE
  /// @param values `[kvHeads][headDim]`
  /// @param output `[heads][headDim]`, overwritten with the attention output
  void attend(int layer, float[] queries, float[] keys, float[] values, float[] output);

  /// Bytes held now: codes, their metadata and whatever is needed to read them.
  long bytes();

  @Override
  void close();
}
