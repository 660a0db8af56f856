package org.recollect.kernel.cuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.kernel.Attended;
import org.recollect.kernel.DecodeStep;

/// What a call of decode attention finds, side by side on the device: the outputs of all steps, the
/// best token of every query head, and the column sums of the steps that ask for them.
final class AttentionResult {

  private final Stream stream;
  private final long outputs;
  private final long argmax;
  private final long columns;
  private final long bytes;

  /// @param end how much there is of each
  AttentionResult(AttentionPlan.Start end, Cuda cuda) {
    stream = cuda.stream();
    bytes = 4L * end.queries() + 4L * end.heads() + 4L * end.columns();
    outputs = cuda.output().atLeast(bytes);
    argmax = outputs + 4L * end.queries();
    columns = argmax + 4L * end.heads();
  }

  long outputs() {
    return outputs;
  }

  long argmax() {
    return argmax;
  }

  long columns() {
    return columns;
  }

  /// Waits for the device.
  List<Attended> fetch(Arena arena, List<DecodeStep> steps, List<AttentionPlan.Start> starts) {
    var host = arena.allocate(bytes, 64);
    stream.download(outputs, host);
    stream.await();
    return IntStream.range(0, steps.size())
        .mapToObj(i -> attended(host, steps.get(i), starts.get(i)))
        .toList();
  }

  private Attended attended(MemorySegment host, DecodeStep step, AttentionPlan.Start start) {
    var heads = step.heads();
    float[] output =
        host.asSlice(4L * start.queries(), 4L * step.queries().length).toArray(JAVA_FLOAT);
    if (!step.statistics()) {
      return new Attended(output, null, null);
    }
    long sums = columns - outputs + 4L * start.columns();
    long best = argmax - outputs + 4L * start.heads();
    return new Attended(
        output,
        host.asSlice(sums, 4L * heads.kvHeads() * step.tokens()).toArray(JAVA_FLOAT),
        host.asSlice(best, 4L * heads.queryHeads()).toArray(JAVA_INT));
  }
}
