package org.recollect.kernel;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Random;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;

/// Random decode steps; what is not asked for is drawn from the seed. Mutable.
final class StepMaker {

  /// A quarter turn a position: easy to write down and not symmetric.
  static final Rotary QUARTER_TURNS =
      (positions, tokens, stride, cos, sin) -> {
        for (int t = 0; t < tokens; t++) {
          for (int i = t; i < cos.length; i += stride) {
            cos[i] = new float[] {1, 0, -1, 0}[positions[t] % 4];
            sin[i] = new float[] {0, 1, 0, -1}[positions[t] % 4];
          }
        }
      };

  private final Arena arena;
  private final Random random;
  private PageFormat[] formats = {Floats.F32};
  private Heads heads;
  private int pages;
  private int tokens;
  private float scale = 1;
  private boolean beforeRope;

  StepMaker(Arena arena, long seed) {
    this.arena = arena;
    this.random = new Random(seed);
    int dimensions =
        random.nextInt(4) == 0 ? 16 * (1 + random.nextInt(16)) : 8 << random.nextInt(6);
    this.heads = new Heads(1 + random.nextInt(3), 1 + random.nextInt(9), Math.max(16, dimensions));
    this.pages = 1 + random.nextInt(4);
  }

  /// Formats of the keys, one page after another; values have the same where they can.
  StepMaker keys(PageFormat... formats) {
    this.formats = formats;
    return this;
  }

  StepMaker heads(int kvHeads, int queriesPerHead, int headDim) {
    heads = new Heads(kvHeads, queriesPerHead, headDim);
    return this;
  }

  StepMaker pages(int pages) {
    this.pages = pages;
    return this;
  }

  /// Tokens of every page.
  StepMaker tokens(int tokens) {
    this.tokens = tokens;
    return this;
  }

  /// Makes the keys larger or smaller.
  StepMaker scaled(float scale) {
    this.scale = scale;
    return this;
  }

  /// Keys of all heads in one panel, rotated, in another order, and not yet turned.
  StepMaker beforeRope() {
    beforeRope = true;
    return this;
  }

  DecodeStep make() {
    var made = new ArrayList<KeyValuePage>();
    for (int i = 0; i < pages; i++) {
      made.add(page(formats[i % formats.length], i == 0));
    }
    float[] queries = Samples.gaussian(random, heads.queryHeads() * heads.headDim());
    for (int i = 0; i < queries.length; i++) {
      queries[i] *= (float) (1 / Math.sqrt(heads.headDim()));
    }
    return new DecodeStep(made, heads, form(), queries, true);
  }

  private KeyForm form() {
    if (!beforeRope) {
      return new KeyForm.Turned();
    }
    int[] order = new int[heads.channels()];
    for (int i = 0; i < order.length; i++) {
      order[i] = order.length - 1 - i;
    }
    return new KeyForm.BeforeRope(
        Basis.hadamard(Integer.lowestOneBit(heads.channels())).ordered(order), QUARTER_TURNS);
  }

  private KeyValuePage page(PageFormat format, boolean first) {
    int group = format.groupTokens();
    int capacity = group * Math.max(1, random.nextBoolean() ? 64 / group : random.nextInt(5));
    int panels = beforeRope ? 1 : heads.kvHeads();
    var keys = Page.keys(arena, format, panels, heads.channels(), capacity);
    boolean points = format instanceof Book book && book.book().dimensions() > 1;
    var values =
        Page.values(
            arena,
            points ? new Book(CodeBook.gaussian(1, 2), heads.headDim()) : format,
            heads.kvHeads(),
            heads.channels(),
            capacity);
    int count = capacity * heads.channels();
    float[] rows = Samples.gaussian(random, count);
    for (int i = 0; i < count; i++) {
      rows[i] *= scale;
    }
    keys.write(0, rows, 0, capacity);
    values.write(0, Samples.gaussian(random, count), 0, capacity);
    int used =
        tokens > 0 ? tokens : random.nextInt(4) == 0 ? capacity : random.nextInt(capacity + 1);
    int[] positions = random.ints(capacity, 0, 9).toArray();
    return new KeyValuePage(
        keys, values, first ? Math.max(1, used) : used, beforeRope ? positions : null);
  }

  /// The keys of a token as queries meet them, by code of its own.
  static float[] key(DecodeStep step, KeyValuePage page, int token) {
    var heads = step.heads();
    float[] key = new float[heads.channels()];
    page.keys().read(token, key, 0);
    if (step.keys() instanceof KeyForm.Turned) {
      return key;
    }
    var basis = ((KeyForm.BeforeRope) step.keys()).basis();
    float[] rotated = new float[key.length];
    for (int i = 0; i < key.length; i++) {
      rotated[key.length - 1 - i] = key[i];
    }
    int width = basis.width();
    for (int i = 0; i < key.length; i++) {
      double sum = 0;
      for (int j = 0; j < width; j++) {
        int sign = Integer.bitCount(i % width & j) % 2 == 0 ? 1 : -1;
        sum += sign * rotated[i / width * width + j];
      }
      key[i] = (float) (sum / Math.sqrt(width));
    }
    int half = heads.headDim() / 2;
    for (int head = 0; head < key.length; head += heads.headDim()) {
      for (int i = head; i < head + half; i++) {
        for (int turn = 0; turn < page.positions()[token] % 4; turn++) {
          float first = key[i];
          key[i] = -key[i + half];
          key[i + half] = first;
        }
      }
    }
    return key;
  }
}
