package org.recollect.tensor;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// Evaluates a TorchScript expression over arrays: every operator and every type of argument, on
/// every platform, at about ten microseconds a call, recording gradients.
///
/// ```java
/// Script.evaluate("torch.linalg_svd(x0, False)", 3, List.of(matrix))
/// ```
///
/// Each expression becomes a module once: an archive as LibTorch loads it, which is a stored zip
/// with the code of a `forward` method and the pickle of one object without attributes.
final class Script {
  private static final Map<String, PtSymbolBlock> MODULES = new ConcurrentHashMap<>();
  private static final byte[] OBJECT = latin("\u0080\u0002c__torch__\nExpression\n)\u0081}b.");
  private static final byte[] NO_CONSTANTS = latin("\u0080\u0002).");

  private Script() {}

  /// Evaluates an expression of the arrays x0, x1, ...
  ///
  /// @param results how many arrays the expression's value has
  /// @throws IllegalArgumentException when LibTorch refuses the arrays
  static List<NDArray> evaluate(String expression, int results, List<NDArray> arrays) {
    Torch.enter();
    var source = source(expression, results, arrays.size());
    var module = MODULES.computeIfAbsent(source, Script::load);
    boolean recordsGradients = true; // where the thread does
    try {
      return IValueUtils.forward(module, new NDList(arrays), recordsGradients);
    } catch (EngineException refusal) {
      throw new IllegalArgumentException(explain(expression, arrays, refusal), refusal);
    }
  }

  private static String source(String expression, int results, int arrays) {
    var parameters =
        IntStream.range(0, arrays)
            .mapToObj(i -> ", x%d: Tensor".formatted(i))
            .collect(Collectors.joining());
    var tuple = "Tuple[Tensor" + ", Tensor".repeat(results - 1) + "]";
    return """
    class Expression(Module):
      def forward(self%s) -> %s:
        return %s
    """
        .formatted(parameters, results == 1 ? "Tensor" : tuple, expression);
  }

  /// One sentence: the expression, what it was given, and LibTorch's reason without its traceback.
  private static String explain(String expression, List<NDArray> arrays, EngineException refusal) {
    var given =
        IntStream.range(0, arrays.size())
            .mapToObj(i ->
                "x%d = %s %s".formatted(i, arrays.get(i).getDataType(), arrays.get(i).getShape()))
            .collect(Collectors.joining(", "));
    var reason =
        refusal
            .getMessage()
            .lines()
            .filter(line -> line.contains("Error: "))
            .map(line -> line.substring(line.indexOf("Error: ") + "Error: ".length()))
            .findFirst()
            .orElse("LibTorch gives no reason");
    return "%s is not defined for %s: %s".formatted(expression, given, reason);
  }

  private static PtSymbolBlock load(String source) {
    var archive = new ByteArrayOutputStream();
    try (var zip = new ZipOutputStream(archive)) {
      store(zip, "code/__torch__.py", source.getBytes(StandardCharsets.UTF_8));
      store(zip, "data.pkl", OBJECT);
      store(zip, "constants.pkl", NO_CONSTANTS);
      store(zip, "version", latin("3\n"));
    } catch (IOException impossible) {
      throw new IllegalStateException("an archive is written to memory", impossible);
    }
    try {
      var stream = new ByteArrayInputStream(archive.toByteArray());
      return JniUtils.loadModule((PtNDManager) Torch.manager(), stream, false, false);
    } catch (IOException | EngineException failure) {
      throw new IllegalArgumentException("LibTorch cannot read this:\n" + source, failure);
    }
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    var crc = new CRC32();
    crc.update(content);
    var entry = new ZipEntry("expression/" + name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
