package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.recollect.kernel.PageFormat.Coded;

/// A page's vectors in a [TokenCode] on their way in and out: in each panel, token after token,
/// each on whole bytes. Mutable: what one call needs, for one thread.
final class CodedVectors {

  private final Page page;
  private final TokenCode code;
  private final BitStream stream;
  private final float[] vector;

  CodedVectors(Page page, Coded format) {
    this.page = page;
    this.code = format.code();
    this.stream = new BitStream(code.bits());
    this.vector = new float[code.channels()];
  }

  /// Stores the vector `rows[from .. from + channels)`.
  void write(int token, int panel, float[] rows, int from) {
    code.encode(Arrays.copyOfRange(rows, from, from + vector.length), stream.clear());
    byte[] bytes = stream.bytes();
    MemorySegment.copy(bytes, 0, page.memory(), JAVA_BYTE, at(token, panel), bytes.length);
  }

  /// A vector as it is stored `[channels]`, good until the next call.
  float[] read(int token, int panel) {
    byte[] bytes = stream.bytes();
    MemorySegment.copy(page.memory(), JAVA_BYTE, at(token, panel), bytes, 0, bytes.length);
    code.decode(stream.rewind(), vector);
    return vector;
  }

  /// Rebuilds `rows` rows of a panel from row `from` on, see [SimdPanel].
  void read(int panel, int from, int rows, MemorySegment tile) {
    int lanes = page.layout().lanes;
    if (!page.isKeys()) {
      for (int row = 0; row < rows; row++) {
        float[] value = read(from + row, panel);
        MemorySegment.copy(value, 0, tile, JAVA_FLOAT_UNALIGNED, 4L * row * lanes, value.length);
      }
      return;
    }
    for (int token = 0; token < page.written(); token++) {
      float[] key = read(token, panel);
      for (int row = 0; row < rows; row++) {
        tile.set(JAVA_FLOAT_UNALIGNED, 4L * (row * lanes + token), key[from + row]);
      }
    }
  }

  private long at(int token, int panel) {
    return page.start(panel) + (long) token * code.bytes();
  }
}
