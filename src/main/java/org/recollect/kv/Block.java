package org.recollect.kv;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.recollect.kernel.Heads;
import org.recollect.kernel.KeyValuePage;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;

/// A page of keys and a page of values of the same tokens, with the positions of these tokens, and
/// an importance for each where tokens compete while decoding. Mutable; the arena owns the pages.
///
/// As long as the positions follow one another only the first is kept.
final class Block {

  /// What is kept beside the pages: the number of tokens and the first position.
  private static final int HEADER_BYTES = 2 * Integer.BYTES;

  /// The tier of tokens that are kept uncoded.
  static final int UNCODED = -1;

  private final int tier;
  private final Page keys;
  private final Page values;
  private final float[] importance;
  private int tokens;
  private int first;
  private int[] scattered;

  /// All that a block holds, its pages lent.
  ///
  /// @param positions of the tokens `[tokens]`
  /// @param importance of the tokens `[tokens]`, or empty where none is kept
  record State(
      int tier,
      int capacity,
      MemorySegment keys,
      MemorySegment values,
      int[] positions,
      float[] importance) {}

  /// @param tier how finely keys are coded, 0 the finest; or [#UNCODED]
  /// @param heads whose keys and values lie in the block
  /// @param keyPanels groups of heads whose keys are coded apart
  /// @param capacity tokens that fit
  /// @param ranked whether an importance is kept for each token
  Block(
      Arena arena,
      int tier,
      PageFormat keys,
      PageFormat values,
      Heads heads,
      int keyPanels,
      int capacity,
      boolean ranked) {
    this.tier = tier;
    this.keys = Page.keys(arena, keys, keyPanels, heads.channels(), capacity);
    this.values = Page.values(arena, values, heads.kvHeads(), heads.channels(), capacity);
    this.importance = ranked ? new float[capacity] : null;
  }

  State state() {
    return new State(
        tier,
        keys.capacity(),
        keys.memory(),
        values.memory(),
        IntStream.range(0, tokens).map(this::position).toArray(),
        importance == null ? new float[0] : Arrays.copyOf(importance, tokens));
  }

  /// Takes over what a block of the same formats and shape held.
  void restore(State state) {
    keys.restore(state.keys);
    values.restore(state.values);
    for (int slot = 0; slot < state.positions.length; slot++) {
      place(slot, state.positions[slot]);
      tokens++;
    }
    if (importance != null) {
      System.arraycopy(state.importance, 0, importance, 0, tokens);
    }
  }

  Page keys() {
    return keys;
  }

  /// The pages as attention reads them.
  ///
  /// @param places of the tokens, where keys are turned when they are read; or null
  KeyValuePage pages(int[] places) {
    return new KeyValuePage(keys, values, tokens, places);
  }

  int tokens() {
    return tokens;
  }

  int room() {
    return keys.capacity() - tokens;
  }

  int position(int slot) {
    return scattered == null ? first + slot : scattered[slot];
  }

  /// Whether every position is kept, because they do not follow one another.
  boolean isScattered() {
    return scattered != null;
  }

  float importance(int slot) {
    return importance[slot];
  }

  void setImportance(int slot, float value) {
    importance[slot] = value;
  }

  /// Appends `count` rows from row `from` on.
  void append(Rows rows, int from, int count) {
    keys.write(tokens, rows.keys(), from * keys.channels(), count);
    values.write(tokens, rows.values(), from * keys.channels(), count);
    for (int row = from; row < from + count; row++) {
      place(tokens, rows.positions()[row]);
      tokens++;
    }
  }

  /// Appends a token of another block, code by code.
  ///
  /// @throws IllegalArgumentException if the blocks are not alike
  void append(Block other, int slot) {
    keys.copy(tokens, other.keys, slot);
    values.copy(tokens, other.values, slot);
    place(tokens, other.position(slot));
    tokens++;
  }

  /// Whether tokens of another block can be taken over code by code.
  boolean isLike(Block other) {
    return keys.format().equals(other.keys.format())
        && values.format().equals(other.values.format())
        && keys.format().groupTokens() == 1
        && values.format().groupTokens() == 1;
  }

  /// Puts a token, of no importance yet, in the place of another.
  void replace(int slot, Rows token) {
    keys.write(slot, token.keys(), 0, 1);
    values.write(slot, token.values(), 0, 1);
    place(slot, token.positions()[0]);
    importance[slot] = 0;
  }

  /// The oldest tokens, rebuilt from what is stored.
  Rows first(int count) {
    int channels = keys.channels();
    var rows = new Rows(new int[count], new float[count * channels], new float[count * channels]);
    for (int slot = 0; slot < count; slot++) {
      read(slot, rows, slot);
    }
    return rows;
  }

  /// Rebuilds a token from what is stored, as a row of some others.
  void read(int slot, Rows rows, int row) {
    rows.positions()[row] = position(slot);
    keys.read(slot, rows.keys(), row * keys.channels());
    values.read(slot, rows.values(), row * values.channels());
  }

  /// Forgets the oldest tokens and moves the others up. For floating-point pages, whose tokens move
  /// without being rounded again.
  void removeFirst(int count) {
    float[] row = new float[keys.channels()];
    for (int slot = count; slot < tokens; slot++) {
      keys.read(slot, row, 0);
      keys.write(slot - count, row, 0, 1);
      values.read(slot, row, 0);
      values.write(slot - count, row, 0, 1);
    }
    if (scattered == null) {
      first += count;
    } else {
      System.arraycopy(scattered, count, scattered, 0, tokens - count);
    }
    tokens -= count;
  }

  /// Bytes held: both pages whole, and what is kept beside them.
  long bytes() {
    return keys.bytes() + values.bytes() + beside(keys.capacity());
  }

  /// Bytes of the tokens in use, which is what a decode step reads.
  long bytesInUse() {
    return keyBytes() + values.format().bytes(tokens, values.channels()) + beside(tokens);
  }

  /// Bytes of the keys in use.
  long keyBytes() {
    return keys.format().bytes(tokens, keys.channels());
  }

  private long beside(int slots) {
    return HEADER_BYTES
        + (scattered == null ? 0L : (long) slots * Integer.BYTES)
        + (importance == null ? 0L : (long) slots * Float.BYTES);
  }

  private void place(int slot, int position) {
    if (tokens == 0) {
      first = position;
      scattered = null;
    } else if (scattered == null && position != first + slot) {
      scattered = new int[keys.capacity()];
      Arrays.setAll(scattered, other -> first + other);
    }
    if (scattered != null) {
      scattered[slot] = position;
    }
  }
}
