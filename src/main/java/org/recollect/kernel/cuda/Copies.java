package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.Page;
import org.recollect.kernel.Rotary;

/// What attention reads and a device keeps from call to call: pages, code books and the angles of
/// RoPE. A page is copied again when it was written since. Mutable.
final class Copies implements AutoCloseable {

  private static final int FEWEST_POSITIONS = 64;

  private final Device device;
  private final Stream stream;
  private final Mirrors<Page> pages;
  private final Mirrors<CodeBook> books;
  private final Map<Integer, Mirrors<Rotary>> turns = new HashMap<>();

  Copies(Device device, Stream stream) {
    this.device = device;
    this.stream = stream;
    this.pages = new Mirrors<>(device);
    this.books = new Mirrors<>(device);
  }

  /// Starts a call of a kernel: the addresses that it asks for are good until the next call.
  void nextCall() {
    pages.nextCall();
    books.nextCall();
    turns.values().forEach(Mirrors::nextCall);
  }

  /// The address of a page as it is now.
  long of(Page page) {
    var copy = pages.of(page, page.bytes());
    if (copy.current() != page.version()) {
      stream.upload(page.memory(), copy.address());
      copy.holds(page.version());
    }
    return copy.address();
  }

  /// The same for a page that is about to be written on the device, with what it held before.
  long before(Page page, long version) {
    var copy = pages.of(page, page.bytes());
    if (copy.current() != version) {
      stream.upload(page.memory(), copy.address());
    }
    copy.holds(page.version());
    return copy.address();
  }

  /// The address of a book's points `[books][2^bits][dimensions]`.
  long of(CodeBook book) {
    float[] points = book.points();
    var copy = books.of(book, 4L * points.length);
    if (copy.current() == Mirrors.NEVER) {
      upload(points, copy.address());
      copy.holds(0);
    }
    return copy.address();
  }

  /// The address of the cosines and sines of all positions up to one, `[positions][2][half]`.
  long of(Rotary rotary, int half, int lastPosition) {
    var all = turns.computeIfAbsent(half, _ -> new Mirrors<>(device));
    int positions = Math.max(FEWEST_POSITIONS, 2 * Integer.highestOneBit(lastPosition));
    var copy = all.of(rotary, 8L * half * positions);
    if (copy.current() == Mirrors.NEVER) {
      upload(turns(rotary, half, positions), copy.address());
      copy.holds(0);
    }
    return copy.address();
  }

  /// Pages that the device has a copy of.
  int pages() {
    return pages.count();
  }

  @Override
  public void close() {
    pages.close();
    books.close();
    turns.values().forEach(Mirrors::close);
  }

  private static float[] turns(Rotary rotary, int half, int positions) {
    float[] cos = new float[half * positions];
    float[] sin = new float[half * positions];
    int[] all = IntStream.range(0, positions).toArray();
    rotary.angles(all, positions, positions, cos, sin);
    float[] turns = new float[2 * half * positions];
    for (int position = 0; position < positions; position++) {
      for (int i = 0; i < half; i++) {
        turns[2 * half * position + i] = cos[i * positions + position];
        turns[2 * half * position + half + i] = sin[i * positions + position];
      }
    }
    return turns;
  }

  private void upload(float[] numbers, long address) {
    try (var arena = Arena.ofConfined()) {
      MemorySegment staged = arena.allocateFrom(JAVA_FLOAT, numbers);
      stream.upload(staged, address);
      // The staged numbers go with the arena.
      stream.await();
    }
  }
}
