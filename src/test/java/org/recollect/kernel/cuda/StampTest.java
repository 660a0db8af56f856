package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged kernels are those of the sources beside them.
class StampTest {

  private static final int MOST_BYTES = 1 << 20;

  private static byte[] packaged(String name) throws IOException {
    try (var resource = Cuda.class.getResourceAsStream(name)) {
      assertTrue(resource != null, name + " is not packaged: run kernels-native/build");
      return resource.readAllBytes();
    }
  }

  private static Map<String, String> stamp() throws IOException {
    return new String(packaged("kernels.stamp"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split(" "))
        .collect(Collectors.toMap(parts -> parts[1], parts -> parts[0]));
  }

  @Test
  void packagedKernelsAreThoseOfTheSources() throws IOException {
    assertEquals(
        Sources.hash(Sources.in(Sources.NATIVE.resolve("src"))),
        stamp().get("sources"),
        "kernels-native/src has changed since the kernels were built: run kernels-native/build");
  }

  @Test
  void packagedFilesAreThoseThatWereStamped() throws Exception {
    int bytes = 0;
    for (String name : List.of(Module.BINARY, Module.TEXT)) {
      byte[] file = packaged(name);
      bytes += file.length;
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(file);
      assertEquals(stamp().get(name), HexFormat.of().formatHex(digest), name);
    }
    assertTrue(bytes <= MOST_BYTES, bytes + " bytes of packaged kernels");
  }

  @Test
  void anyChangeOfASourceChangesTheStamp(@TempDir Path copy) throws IOException {
    var sources = Sources.in(Sources.NATIVE.resolve("src"));
    for (Path source : sources) {
      Files.copy(source, copy.resolve(source.getFileName()));
    }
    assertEquals(Sources.hash(sources), Sources.hash(Sources.in(copy)));
    var last = copy.resolve(sources.getLast().getFileName());
    Files.writeString(last, Files.readString(last) + " ");
    assertNotEquals(Sources.hash(sources), Sources.hash(Sources.in(copy)));
  }

  @Test
  void sourcesCompileWhereThereIsACompiler(@TempDir Path work) throws IOException {
    assumeTrue(
        Sources.runs("nvcc", "--version"), "The CUDA sources are not compiled: there is no nvcc.");
    for (Path source : Sources.in(Sources.NATIVE.resolve("src"))) {
      if (source.toString().endsWith(".cu")) {
        var text = work.resolve(source.getFileName() + ".ptx");
        Sources.run(
            List.of(
                "nvcc",
                "-std=c++17",
                "--fmad=false",
                "-ptx",
                "-arch=compute_80",
                "-o",
                text.toString(),
                source.toString()));
        assertTrue(Files.readString(text).contains(".visible .entry"), source.toString());
      }
    }
  }

  @Test
  void buildingWithoutACompilerSaysSoAndChangesNothing(@TempDir Path work) throws Exception {
    assumeTrue(Sources.runs("bash", "--version"), "There is no bash here.");
    byte[] before = packaged("kernels.stamp");
    var build =
        new ProcessBuilder("bash", Sources.NATIVE.resolve("build").toString())
            .redirectErrorStream(true);
    build.environment().put("NVCC", work.resolve("no-such-nvcc").toString());
    var process = build.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, process.waitFor(), said);
    assertEquals(1, said.lines().count(), said);
    assertTrue(said.contains("nvcc"), said);
    assertEquals(
        HexFormat.of().formatHex(before), HexFormat.of().formatHex(packaged("kernels.stamp")));
  }
}
