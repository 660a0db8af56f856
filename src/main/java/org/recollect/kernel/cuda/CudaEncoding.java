package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.recollect.kernel.ChannelStatistics;
import org.recollect.kernel.Encoding;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;

/// Encoding on a GPU, to the same bits as elsewhere. Vectors travel to the device and the page
/// back, so that this pays for runs of many tokens; the device's copy of the page is then up to
/// date.
public final class CudaEncoding implements Encoding {

  private static final int THREADS = 128;
  private static final int OCTET = 8;

  private final Cuda cuda;

  CudaEncoding(Cuda cuda) {
    this.cuda = cuda;
  }

  @Override
  public void rotate(float[] x, int offset, int width) {
    cuda.hadamard().transform(x, offset, width, width);
  }

  @Override
  public void write(Page page, int at, float[] rows, int offset, int tokens) {
    if (tokens == 0) {
      return;
    }
    cuda.alone(() -> {
      try (var arena = Arena.ofConfined()) {
        cuda.copies().nextCall();
        int count = tokens * page.channels();
        long numbers = upload(arena, rows, offset, count);
        // The page has counted this write already.
        long address = cuda.copies().before(page, page.version() - 1);
        launch(page, arguments(arena, page, at, tokens, numbers, address), at, tokens);
        cuda.stream().download(address, page.memory());
        cuda.stream().await();
        return null;
      }
    });
  }

  @Override
  public ChannelStatistics statistics(float[] rows, int channels) {
    return cuda.alone(() -> {
      try (var arena = Arena.ofConfined()) {
        long numbers = upload(arena, rows, 0, rows.length);
        long results = cuda.output().atLeast(16L * channels);
        var arguments =
            new Struct(arena).put(numbers).put(results).put(rows.length / channels).put(channels);
        cuda.launch(
            "channel_statistics",
            Blocks.of(Math.ceilDiv(channels, THREADS), THREADS),
            arguments.end());
        var host = arena.allocate(16L * channels, 64);
        cuda.stream().download(results, host);
        cuda.stream().await();
        float[][] all = new float[4][];
        for (int i = 0; i < all.length; i++) {
          all[i] = host.asSlice(4L * i * channels, 4L * channels).toArray(JAVA_FLOAT);
        }
        return new ChannelStatistics(all[0], all[1], all[2], all[3]);
      }
    });
  }

  private void launch(Page page, Struct arguments, int at, int tokens) {
    int channels = page.panelChannels();
    switch (page.format()) {
      case Floats _ ->
          cuda.launch("write_numbers", threads((long) tokens * page.channels()), arguments);
      case Grid grid -> {
        long cells = cells(page, tokens, grid.groupChannels()) / grid.groupTokens();
        cuda.launch("measure_cells", threads(cells), arguments);
        cuda.launch("write_codes", codes(page, channels, at, tokens), arguments);
      }
      case Book book -> {
        long radii = cells(page, tokens, book.radiusChannels());
        cuda.launch("find_normals", threads(radii), arguments);
        int rows = channels / book.book().dimensions();
        cuda.launch("write_codes", codes(page, rows, at, tokens), arguments);
        cuda.launch("fit_radii", threads(radii), arguments);
      }
      case Coded _ -> throw new AssertionError("no layout of these is written");
    }
  }

  /// A thread an octet of rows of codes and a lane, of each panel.
  private static Blocks codes(Page page, int keyRows, int at, int tokens) {
    int octets =
        page.isKeys()
            ? Math.ceilDiv(keyRows, OCTET)
            : Math.ceilDiv(at + tokens, OCTET) - at / OCTET;
    int lanes = page.isKeys() ? tokens : page.panelChannels();
    return threads((long) octets * lanes).rows(page.panels());
  }

  private static long cells(Page page, int tokens, int groupChannels) {
    return (long) tokens * page.panels() * Math.ceilDiv(page.panelChannels(), groupChannels);
  }

  private static Blocks threads(long count) {
    return Blocks.of(Math.toIntExact(Math.ceilDiv(count, THREADS)), THREADS);
  }

  private Struct arguments(Arena arena, Page page, int at, int tokens, long rows, long address) {
    var arguments = new Struct(arena);
    Layouts.write(arguments, page, cuda.copies());
    var format = page.format();
    int groupChannels =
        switch (format) {
          case Floats _, Coded _ -> 1;
          case Grid grid -> grid.groupChannels();
          case Book book -> book.radiusChannels();
        };
    long normals = cuda.scratch().atLeast(4 * cells(page, tokens, groupChannels));
    return arguments
        .put(rows)
        .put(address)
        .put(normals)
        .put(format instanceof Grid grid ? grid.clip() : 1.0)
        .put(page.isKeys() ? 1 : 0)
        .put(page.panels())
        .put(at)
        .put(tokens)
        .put(format.groupTokens())
        .put(groupChannels)
        .put(format instanceof Grid grid ? grid.largestCode() : 0)
        .end();
  }

  private long upload(Arena arena, float[] rows, int offset, int count) {
    var staged = arena.allocate(4L * count, 64);
    MemorySegment.copy(rows, offset, staged, JAVA_FLOAT, 0, count);
    long address = cuda.input().atLeast(4L * count);
    cuda.stream().upload(staged, address);
    return address;
  }
}
