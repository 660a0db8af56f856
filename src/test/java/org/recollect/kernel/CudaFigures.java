package org.recollect.kernel;

import java.lang.foreign.Arena;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.recollect.kernel.KeyForm.Turned;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.kernel.cuda.Cuda;

/// Measures decode attention on the GPU of this machine, for the table in
/// `kernels-native/README.md`: 8 key/value heads of 128 channels, 4 query heads each. Times are
/// those of the kernels, with all pages on the device.
///
/// `java ... org.recollect.kernel.CudaFigures [tokens [batch]]`
public final class CudaFigures {

  private static final Heads HEADS = new Heads(8, 4, 128);
  private static final int CALLS = 20;
  private static final long COPIED = 1L << 30;

  private CudaFigures() {}

  public static void main(String[] arguments) {
    int tokens = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 32 * 1024;
    int batch = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 16;
    Cuda.find()
        .ifPresentOrElse(
            cuda -> System.out.println(table(cuda, tokens, batch, COPIED)),
            () -> {
              System.err.println(Cuda.describeHere());
              System.exit(2);
            });
  }

  static String table(Cuda cuda, int tokens, int batch, long copied) {
    double roof = cuda.copyBandwidth(copied, CALLS);
    var lines = new ArrayList<String>();
    lines.add("%s, %s".formatted(LocalDate.now(), cuda.describe()));
    lines.add(
        "T = %d, batch %d; the device copies %.0f GB/s (read and written)"
            .formatted(tokens, batch, roof / 1e9));
    lines.add(
        "| keys and values | bytes a token and head | ms | GB/s | of the copy | times as fast as f16 |");
    lines.add("|---|---|---|---|---|---|");
    double half = 0;
    for (var entry : formats().entrySet()) {
      try (var arena = Arena.ofShared()) {
        var steps = steps(arena, entry.getValue(), tokens, batch);
        float ms = cuda.attention().milliseconds(steps, CALLS);
        if (entry.getValue().getFirst().equals(Floats.F16)) {
          half = ms;
        }
        long bytes = bytes(steps);
        double speed = bytes / (ms / 1e3);
        lines.add(
            "| %s | %.1f | %.3f | %.0f | %.2f | %.2f |"
                .formatted(
                    entry.getKey(),
                    (double) bytes / batch / tokens / HEADS.kvHeads(),
                    ms,
                    speed / 1e9,
                    speed / roof,
                    half / ms));
      }
    }
    return String.join("\n", lines);
  }

  /// Formats of keys and of values.
  private static Map<String, List<PageFormat>> formats() {
    var formats = new LinkedHashMap<String, List<PageFormat>>();
    var twoBits = new Book(CodeBook.gaussian(1, 2), 128);
    formats.put("f16", List.of(Floats.F16, Floats.F16));
    formats.put("bf16", List.of(Floats.BF16, Floats.BF16));
    formats.put("f32", List.of(Floats.F32, Floats.F32));
    formats.put("int8", List.of(Grid.perToken(8, 128).centred(), Grid.perToken(8, 128).centred()));
    formats.put("int4 g128", List.of(Grid.perToken(4, 128), Grid.perToken(4, 128)));
    formats.put("int4 g32", List.of(Grid.perToken(4, 32), Grid.perToken(4, 32)));
    formats.put("3 bits g128", List.of(Grid.perToken(3, 128), Grid.perToken(3, 128)));
    formats.put("2 bits g128", List.of(Grid.perToken(2, 128), Grid.perToken(2, 128)));
    formats.put("2 bits as KIVI", List.of(Grid.perChannel(2, 32), Grid.perToken(2, 32)));
    formats.put("2-bit book", List.of(twoBits, twoBits));
    formats.put(
        "4-D 4-bit book, 2-bit book", List.of(new Book(CodeBook.gaussian(4, 4), 128), twoBits));
    return formats;
  }

  private static List<DecodeStep> steps(
      Arena arena, List<PageFormat> formats, int tokens, int batch) {
    var random = new Random(1);
    float[] rows = Samples.gaussian(random, Page.TOKENS * HEADS.channels());
    var keys = written(arena, formats.getFirst(), true, rows);
    var values = written(arena, formats.getLast(), false, rows);
    var steps = new ArrayList<DecodeStep>();
    for (int sequence = 0; sequence < batch; sequence++) {
      var pages = new ArrayList<KeyValuePage>();
      for (int token = 0; token < tokens; token += Page.TOKENS) {
        int used = Math.min(Page.TOKENS, tokens - token);
        pages.add(new KeyValuePage(copy(arena, keys), copy(arena, values), used, null));
      }
      float[] queries = Samples.gaussian(random, HEADS.queryHeads() * HEADS.headDim());
      steps.add(new DecodeStep(pages, HEADS, new Turned(), queries, false));
    }
    return steps;
  }

  private static Page written(Arena arena, PageFormat format, boolean keys, float[] rows) {
    var page = empty(arena, format, keys);
    page.write(0, rows, 0, Page.TOKENS);
    return page;
  }

  /// The same numbers at another place, so that no cache serves two sequences.
  private static Page copy(Arena arena, Page page) {
    var copy = empty(arena, page.format(), page.isKeys());
    copy.memory().copyFrom(page.memory());
    return copy;
  }

  private static Page empty(Arena arena, PageFormat format, boolean keys) {
    return Samples.page(arena, format, keys, HEADS.kvHeads(), HEADS.channels(), Page.TOKENS);
  }

  private static long bytes(List<DecodeStep> steps) {
    return steps.stream()
        .flatMap(step -> step.pages().stream())
        .mapToLong(page -> page.keys().bytes() + page.values().bytes())
        .sum();
  }
}
