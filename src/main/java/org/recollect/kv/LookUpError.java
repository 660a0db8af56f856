package org.recollect.kv;

import java.lang.foreign.Arena;
import java.util.List;
import org.recollect.kernel.DecodeStep;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.KeyValuePage;
import org.recollect.kernel.Page;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.lab.Agreement;
import org.recollect.model.Prompt;

/// How far attention over codes is from attention over the keys rebuilt from them: the largest
/// difference of a token's weight, as a share of the largest weight, when the last query of the
/// prompt is asked again in every layer and head. Nothing but the rounding of sums and tables.
final class LookUpError {

  private LookUpError() {}

  /// @param cache freshly filled from the prompt; it stays as it is
  static double of(KvCache cache, Prompt prompt) {
    double largest = 0;
    for (int layer = 0; layer < prompt.config().layers(); layer++) {
      int head = 0;
      for (Lane lane : cache.lanes(layer)) {
        int queryHeads = lane.heads().queryHeads();
        var step = lane.ask(prompt.length(), queries(prompt, layer, head, queryHeads), true);
        largest = Math.max(largest, of(step));
        head += queryHeads;
      }
    }
    return largest;
  }

  private static double of(DecodeStep step) {
    try (var arena = Arena.ofShared()) {
      var rebuilt = step.pages().stream().map(page -> rebuilt(page, arena)).toList();
      var exact = new DecodeStep(rebuilt, step.heads(), step.keys(), step.queries(), true);
      var attended = Kernels.decodeAttention().attend(List.of(step, exact));
      return Agreement.difference(attended.get(1).columnSums(), attended.get(0).columnSums());
    }
  }

  /// The same page with its keys in float32.
  private static KeyValuePage rebuilt(KeyValuePage page, Arena arena) {
    var codes = page.keys();
    var keys = Page.keys(arena, Floats.F32, codes.panels(), codes.channels(), codes.capacity());
    float[] row = new float[codes.channels()];
    for (int token = 0; token < page.tokens(); token++) {
      codes.read(token, row, 0);
      keys.write(token, row, 0, 1);
    }
    return new KeyValuePage(keys, page.values(), page.tokens(), page.positions());
  }

  /// The last queries of some heads, `[heads][headDim]`.
  private static float[] queries(Prompt prompt, int layer, int firstHead, int heads) {
    int headDim = prompt.config().headDim();
    float[] queries = new float[heads * headDim];
    for (int head = 0; head < heads; head++) {
      int from = ((firstHead + head + 1) * prompt.length() - 1) * headDim;
      System.arraycopy(prompt.layer(layer).queries(), from, queries, head * headDim, headDim);
    }
    return queries;
  }
}
