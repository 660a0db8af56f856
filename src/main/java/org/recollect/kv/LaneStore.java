package org.recollect.kv;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
  private final Block[] coded;
  private Block waiting;

  /// @param ranked whether an importance is kept for each token
  LaneStore(Arena arena, LayerFormat format, Heads heads, boolean ranked) {
    this.arena = arena;
    this.format = format;
    this.heads = heads;
    this.ranked = ranked;
    this.coded = new Block[format.tiers()];
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

  /// Takes over what the blocks of another store of this format held, in their order.
  void restore(List<Block.State> states) {
    for (int i = 0; i < states.size(); i++) {
      var state = states.get(i);
      if (waiting != null && i == 0) {
        waiting.restore(state);
      } else if (state.tier() == Block.UNCODED) {
        precise(state.capacity()).restore(state);
      } else {
        coded[state.tier()] = coded(state.tier(), state.capacity());
        coded[state.tier()].restore(state);
      }
    }
  }

  /// Takes the first tokens, ascending by position.
  ///
  /// @param tiers how finely each is stored, 0 finest
  /// @param sheltered which rows stay uncoded for good
  /// @param earlier where some of them lie already; what is coded alike is taken over as it is
  void fill(Rows rows, byte[] tiers, boolean[] sheltered, Map<Integer, Slot> earlier) {
    int[] apart = IntStream.range(0, rows.tokens()).filter(row -> sheltered[row]).toArray();
    if (apart.length > 0) {
      take(rows.pick(apart), precise(apart.length), 0, apart.length, earlier);
    }
    for (int tier = 0; tier < coded.length; tier++) {
      int own = tier;
      fill(
          rows.pick(
              IntStream.range(0, rows.tokens())
                  .filter(row -> !sheltered[row] && tiers[row] == own)
                  .toArray()),
          tier,
          earlier);
    }
  }

  private void fill(Rows rows, int tier, Map<Integer, Slot> earlier) {
    int bulk = format.coded(rows.tokens());
    for (int from = 0; from < bulk; ) {
      int run = Math.min(bulk - from, open(tier, bulk - from).room());
      take(rows, coded[tier], from, run, earlier);
      from += run;
    }
    if (waiting != null) {
      take(rows, waiting, bulk, rows.tokens() - bulk, earlier);
    }
  }

  /// Appends rows to a block, those that lie in one like it code by code.
  private static void take(Rows rows, Block to, int from, int count, Map<Integer, Slot> earlier) {
    for (int row = from; row < from + count; ) {
      var slot = earlier.get(rows.positions()[row]);
      if (takesOver(slot, to)) {
        to.append(slot.block(), slot.index());
        row++;
      } else {
        int run = row;
        while (run < from + count && !takesOver(earlier.get(rows.positions()[run]), to)) {
          run++;
        }
        to.append(rows, row, run - row);
        row = run;
      }
    }
  }

  private static boolean takesOver(Slot slot, Block to) {
    return slot != null && to.isLike(slot.block());
  }

  /// Takes one more token.
  void append(Rows token) {
    if (waiting == null) {
      open(0, 1).append(token, 0, 1);
      return;
    }
    if (waiting.room() == 0) {
      open(0, 1).append(waiting.first(format.groupTokens()), 0, format.groupTokens());
      waiting.removeFirst(format.groupTokens());
    }
    waiting.append(token, 0, 1);
  }

  /// A token's place.
  record Slot(Block block, int index) {

    int position() {
      return block.position(index);
    }

    float importance() {
      return block.importance(index);
    }
  }

  /// The places of all tokens, block after block.
  List<Slot> slots() {
    var slots = new ArrayList<Slot>();
    for (Block block : blocks) {
      for (int index = 0; index < block.tokens(); index++) {
        slots.add(new Slot(block, index));
      }
    }
    return slots;
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

  /// Bytes of the keys in use.
  long keyBytes() {
    return blocks.stream().mapToLong(Block::keyBytes).sum();
  }

  /// The block of codes with room for the next group. Only the finest tier goes on growing: of the
  /// others the last page is as long as it has to be.
  ///
  /// @param expected tokens to come as far as is known
  private Block open(int tier, int expected) {
    int group = format.groupTokens();
    if (coded[tier] == null || coded[tier].room() < group) {
      int wanted = tier == 0 ? Page.TOKENS : Math.min(Page.TOKENS, expected);
      int capacity = Math.ceilDiv(wanted, group) * group;
      coded[tier] = coded(tier, capacity);
    }
    return coded[tier];
  }

  private Block coded(int tier, int capacity) {
    return block(tier, format.keys(tier), format.values(), capacity, ranked);
  }

  private Block precise(int capacity) {
    return block(Block.UNCODED, format.precise(), format.precise(), capacity, false);
  }

  private Block block(int tier, PageFormat keys, PageFormat values, int capacity, boolean ranked) {
    int keyPanels = heads.kvHeads() / format.headsTogether();
    var block = new Block(arena, tier, keys, values, heads, keyPanels, capacity, ranked);
    blocks.add(block);
    return block;
  }
}
