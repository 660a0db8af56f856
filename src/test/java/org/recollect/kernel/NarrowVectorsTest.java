package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The kernels on processors with narrower vectors than this one: a Java of its own is told how
/// wide they may be.
class NarrowVectorsTest {

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void agreesWithTheReference(int bytes) throws Exception {
    var child =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--add-modules=jdk.incubator.vector",
                    "--enable-native-access=ALL-UNNAMED",
                    "-XX:MaxVectorSize=" + bytes,
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName(),
                    Integer.toString(bytes)))
            .redirectErrorStream(true)
            .start();
    String said = new String(child.getInputStream().readAllBytes());
    assertEquals(0, child.waitFor(), said);
  }

  /// Attends with all formats; a disagreement ends it.
  static final class Child {
    public static void main(String[] arguments) {
      // A processor may have narrower vectors than it is allowed.
      if (Lanes.FLOATS.vectorByteSize() > Integer.parseInt(arguments[0])) {
        throw new AssertionError("vectors of " + Lanes.FLOATS);
      }
      Stream.concat(Samples.keyFormats(), Samples.byteRadii())
          .forEach(format -> {
            for (long seed = 0; seed < 6; seed++) {
              try (Arena arena = Arena.ofConfined()) {
                var maker = new StepMaker(arena, seed).keys(format);
                DecodeAttentionTest.assertAgreement(maker.make(), seed, format);
                DecodeAttentionTest.assertAgreement(maker.beforeRope().make(), seed, format);
              }
            }
          });
    }
  }
}
