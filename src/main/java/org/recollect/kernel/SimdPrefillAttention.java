package org.recollect.kernel;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// Attention over a text by the Vector API, its heads shared out among threads.
///
/// The result does not depend on the number of threads: a head is one thread's from its first query
/// to its last.
final class SimdPrefillAttention implements PrefillAttention {

  /// Products of two numbers below which a text is not worth waking a thread.
  private static final long WORTH_SHARING = 1 << 20;

  private final int threads;

  /// @param threads that share the work, at least 1
  SimdPrefillAttention(int threads) {
    this.threads = threads;
  }

  @Override
  public PrefillStatistics attend(Prefill text) {
    int heads = text.heads().queryHeads();
    int tokens = text.tokens();
    float[] columnSums = new float[heads * tokens];
    float[] window = new float[heads * text.rows() * tokens];
    boolean worthSharing = (long) text.queries().length * tokens / 2 >= WORTH_SHARING;
    int workers = worthSharing ? Math.min(threads, heads) : 1;
    try (var arena = Arena.ofShared()) {
      var keys = transposed(text, arena);
      Pool.map(
          workers,
          worker -> {
            for (int head = worker; head < heads; head += workers) {
              new SimdPrefillHead(text, head, keys).run(columnSums, window);
            }
            return worker;
          });
    }
    return PrefillStatistics.of(text, columnSums, window);
  }

  /// The keys with tokens in lanes, `[kvHeads][pages][headDim][64]`; zero beyond the last token.
  private static MemorySegment transposed(Prefill text, Arena arena) {
    int tokens = text.tokens();
    int headDim = text.heads().headDim();
    int lanes = SimdPrefillHead.PAGE;
    long page = 4L * headDim * lanes;
    long pages = (tokens + lanes - 1) / lanes;
    var memory = arena.allocate(text.heads().kvHeads() * pages * page, 64);
    float[] keys = text.keys();
    long at = 0;
    int key = 0;
    for (int head = 0; head < text.heads().kvHeads(); head++) {
      for (int from = 0; from < tokens; from += lanes, at += page) {
        int count = Math.min(lanes, tokens - from);
        for (int token = 0; token < count; token++) {
          for (int c = 0; c < headDim; c++, key++) {
            memory.set(JAVA_FLOAT, at + 4L * (c * lanes + token), keys[key]);
          }
        }
      }
    }
    return memory;
  }
}
