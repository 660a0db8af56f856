package org.recollect.kv;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.kernel.Heads;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat;

/// Where the tokens of a lane lie: those the codec shelters (attention sinks), uncoded for good;
/// the bulk, in pages of codes; and the most recent ones, uncoded, where the codec lets them wait
/// until a group can be coded. Mutable; the arena owns the pages.
final class LaneStore {

  private final Arena arena;
  private final LayerFormat format;
  private final Heads heads;
  private final boolean ranked;
  private final List<Block> blocks = new ArrayList<>();
  private Block coded;
  private Block waiting;

  /// @param ranked whether an importance is kept for each token
  LaneStore(Arena arena, LayerFormat format, Heads heads, boolean ranked) {
    this.arena = arena;
    this.format = format;
    this.heads = heads;
    this.ranked = ranked;
    if (format.recent() > 0 || format.groupTokens() > 1) {
      waiting = precise(format.recent() + format.groupTokens());
    }
  }

  /// All blocks, in no order that matters: attention asks for none.
  List<Block> blocks() {
    return blocks;
  }

  int tokens() {
    return blocks.stream().mapToInt(Block::tokens).sum();
  }

  /// Takes the first tokens, ascending by position.
  ///
  /// @param sheltered which rows stay uncoded for good
  void fill(Rows rows, boolean[] sheltered) {
    var all = IntStream.range(0, rows.tokens());
    int[] apart = all.filter(row -> sheltered[row]).toArray();
    if (apart.length > 0) {
      precise(apart.length).append(rows.pick(apart), 0, apart.length);
    }
    var rest = rows.pick(IntStream.range(0, rows.tokens()).filter(r -> !sheltered[r]).toArray());
    int bulk = format.coded(rest.tokens());
    for (int from = 0; from < bulk; ) {
      int run = Math.min(bulk - from, open().room());
      coded.append(rest, from, run);
      from += run;
    }
    if (waiting != null) {
      waiting.append(rest, bulk, rest.tokens() - bulk);
    }
  }

  /// Takes one more token.
  void append(Rows token) {
    if (waiting == null) {
      open().append(token, 0, 1);
      return;
    }
    if (waiting.room() == 0) {
      open().append(waiting.first(format.groupTokens()), 0, format.groupTokens());
      waiting.removeFirst(format.groupTokens());
    }
    waiting.append(token, 0, 1);
  }

  /// The positions of all tokens, block after block.
  int[] positions() {
    int[] positions = new int[tokens()];
    int at = 0;
    for (Block block : blocks) {
      for (int slot = 0; slot < block.tokens(); slot++) {
        positions[at++] = block.position(slot);
      }
    }
    return positions;
  }

  long bytes() {
    return blocks.stream().mapToLong(Block::bytes).sum();
  }

  long bytesInUse() {
    return blocks.stream().mapToLong(Block::bytesInUse).sum();
  }

  /// The block of codes with room for the next group.
  private Block open() {
    int group = format.groupTokens();
    if (coded == null || coded.room() < group) {
      int capacity = Math.ceilDiv(Page.TOKENS, group) * group;
      coded = block(format.keys(), format.values(), capacity, ranked);
    }
    return coded;
  }

  private Block precise(int capacity) {
    return block(format.precise(), format.precise(), capacity, false);
  }

  private Block block(PageFormat keys, PageFormat values, int capacity, boolean ranked) {
    int keyPanels = heads.kvHeads() / format.headsTogether();
    var block = new Block(arena, keys, values, heads, keyPanels, capacity, ranked);
    blocks.add(block);
    return block;
  }
}
