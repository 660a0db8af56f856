package org.recollect.kernel;

import java.util.ArrayList;
import java.util.List;

/// Decode attention by the Vector API, shared out among threads.
///
/// The work of a step falls into parts: a panel of keys, with the heads in it, over a run of pages.
/// Parts and the order in which they are merged do not depend on the number of threads, and so
/// neither does the result.
final class SimdAttention implements DecodeAttention {

  /// Pages of a part: 4096 tokens of ordinary pages.
  private static final int PAGES = 64;

  /// Numbers of keys below which a call is not worth waking a thread.
  private static final long WORTH_SHARING = 1 << 19;

  /// Any other thread than the one that asks: pages in a confined arena are its own.
  private static final Thread OTHER = Thread.ofPlatform().unstarted(() -> {});

  private final int threads;

  /// @param threads that share the work, at least 1
  SimdAttention(int threads) {
    this.threads = threads;
  }

  @Override
  public List<Attended> attend(List<DecodeStep> steps) {
    var works = steps.stream().map(SimdAttention::work).toList();
    share(works.stream().flatMap(work -> work.parts().stream()).toList());
    return works.stream()
        .map(work -> SimdMerge.parts(work.step(), work.parts(), work.logits()))
        .toList();
  }

  /// A step and its parts.
  ///
  /// @param logits `[queryHeads][tokens]` for its statistics, or null
  private record Work(DecodeStep step, List<SimdPart> parts, float[] logits) {}

  private static Work work(DecodeStep step) {
    float[] logits =
        step.statistics() ? new float[step.heads().queryHeads() * step.tokens()] : null;
    var parts = new ArrayList<SimdPart>();
    var pages = step.pages();
    for (int panel = 0; panel < pages.getFirst().keys().panels(); panel++) {
      int token = 0;
      for (int from = 0; from < pages.size(); from += PAGES) {
        var run = pages.subList(from, Math.min(from + PAGES, pages.size()));
        parts.add(new SimdPart(step, panel, run, token, logits));
        token += run.stream().mapToInt(KeyValuePage::tokens).sum();
      }
    }
    return new Work(step, parts, logits);
  }

  private void share(List<SimdPart> parts) {
    long numbers = parts.stream().mapToLong(SimdPart::numbers).sum();
    boolean shareable =
        numbers >= WORTH_SHARING && parts.stream().allMatch(part -> part.isAccessibleBy(OTHER));
    int workers = shareable ? Math.min(threads, parts.size()) : 1;
    Pool.map(
        workers,
        worker -> {
          for (int i = worker; i < parts.size(); i += workers) {
            parts.get(i).run();
          }
          return worker;
        });
  }
}
