package org.recollect.kernel.cuda;

import java.lang.foreign.Arena;
import java.util.List;
import org.recollect.kernel.Attended;
import org.recollect.kernel.DecodeAttention;
import org.recollect.kernel.DecodeStep;

/// Decode attention on a GPU: all steps of a call in one launch, over copies of the pages that the
/// device keeps and renews when they are written.
///
/// A block of threads takes one key/value head of one step and a run of up to 256 tokens, decodes
/// each page once for up to eight queries, and leaves maximum, sum and weighted values; a second
/// kernel puts the runs of a query together in their order. Runs are cut by tokens alone, so that
/// the result does not depend on how many multiprocessors there are. Sums are in single precision.
///
/// Keys that are stored before RoPE are taken out of their basis and turned into a buffer of single
/// precision first, `4 headDim kvHeads` bytes a token.
public final class CudaAttention implements DecodeAttention {

  private final Cuda cuda;

  CudaAttention(Cuda cuda) {
    this.cuda = cuda;
  }

  /// @throws IllegalArgumentException if heads or panels are too wide for the memory of a block
  /// @throws CudaException if the device has no room for the pages, or fails
  @Override
  public List<Attended> attend(List<DecodeStep> steps) {
    if (steps.isEmpty()) {
      return List.of();
    }
    return cuda.alone(() -> {
      try (var arena = Arena.ofConfined()) {
        var call = new AttentionCall(arena, cuda, steps);
        call.launch();
        return call.fetch();
      }
    });
  }

  /// How long the kernels of a call take when everything they read is on the device, in
  /// milliseconds: the mean of some calls after another.
  ///
  /// @param steps at least one
  /// @param calls at least 1
  public float milliseconds(List<DecodeStep> steps, int calls) {
    return cuda.alone(() -> {
      try (var arena = Arena.ofConfined();
          var start = new Event(cuda.device());
          var end = new Event(cuda.device())) {
        var call = new AttentionCall(arena, cuda, steps);
        call.launch();
        cuda.stream().record(start);
        for (int i = 0; i < calls; i++) {
          call.launch();
        }
        cuda.stream().record(end);
        return end.since(start) / calls;
      }
    });
  }
}
