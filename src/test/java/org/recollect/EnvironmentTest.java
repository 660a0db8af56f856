package org.recollect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The commands of `environment/`: what they refuse, with one sentence and nothing written.
@DisabledOnOs(OS.WINDOWS)
class EnvironmentTest {

  private static final Path ROOT = Path.of("").toAbsolutePath();

  /// Home and cache folder of every command run here.
  @TempDir Path home;

  private record Ending(int status, List<String> errors) {}

  private Ending run(Map<String, String> environment, String... command) throws Exception {
    Path errors = Files.createTempFile("errors", ".txt");
    try {
      var builder =
          new ProcessBuilder(command)
              .directory(ROOT.toFile())
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(errors.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("RECOLLECT_"));
      builder.environment().put("HOME", home.toString());
      builder.environment().remove("XDG_CACHE_HOME");
      builder.environment().putAll(environment);
      Process process = builder.start();
      try {
        assertTrue(process.waitFor(60, TimeUnit.SECONDS), "the command hangs");
      } finally {
        process.destroyForcibly();
      }
      return new Ending(process.exitValue(), Files.readAllLines(errors));
    } finally {
      Files.delete(errors);
    }
  }

  /// Refused: status 2, one sentence that holds every fragment, and nothing written at home.
  private void assertRefused(Map<String, String> environment, List<String> says, String... command)
      throws Exception {
    Ending ending = run(environment, command);
    assertEquals(2, ending.status(), ending.toString());
    assertEquals(1, ending.errors().size(), ending.toString());
    String sentence = ending.errors().getFirst();
    assertTrue(sentence.endsWith("."), sentence);
    says.forEach(fragment -> assertTrue(sentence.contains(fragment), sentence));
    try (Stream<Path> left = Files.list(home)) {
      assertEquals(List.of(), left.toList());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "run no-such-notebook, no-such-notebook, 00-start-here",
    "run --scale huge, huge, 'smoke, laptop or full'",
    "run --scale, --scale, 'smoke, laptop or full'",
    "run --quick, --quick, --all",
    "run --all 00-start-here, --all, names",
    "lab --port eighty, eighty, 1024 to 65535",
    "lab --port 80, 80, 1024 to 65535",
    "lab --prot 8888, --prot, --port",
    "java, class, SubjectFigures",
    "bench --fast, --fast, --quick",
    "bench tokens, tokens, attention",
    "install-kernel --system, --system, --prefix",
    "install-kernel --prefix, --prefix, /usr/local",
    "install-kernel --prefix /no/such/folder, /no/such/folder, Jupyter",
  })
  void badArgumentsAreNamedWithWhatExists(String command, String given, String remedy)
      throws Exception {
    String[] words = ("environment/" + command).split(" ");
    assertRefused(Map.of(), List.of(given, remedy), words);
  }

  @ParameterizedTest
  @CsvSource({"test", "run", "bench", "java Any", "lab --port 18888", "install-kernel --user"})
  void withoutJdk25TheRemedyIsNamed(String command) throws Exception {
    Path jdk17 = Files.createDirectories(Files.createTempDirectory("jdk").resolve("bin"));
    try {
      Files.createFile(jdk17.resolve("javac")).toFile().setExecutable(true);
      Files.writeString(jdk17.resolveSibling("release"), "JAVA_VERSION=\"17.0.19\"\n");
      assertRefused(
          Map.of("RECOLLECT_JDKS", "/no/such/jdk:" + jdk17.getParent()),
          List.of("JDK 25", "JAVA_HOME"),
          ("environment/" + command).split(" "));
    } finally {
      deleteTree(jdk17.getParent());
    }
  }

  @Test
  void missingPackagesAreNamedWhereTheyCannotBeInstalled() throws Exception {
    assertRefused(
        Map.of(
            "RECOLLECT_INSTALL", "no",
            "RECOLLECT_JDKS", System.getProperty("java.home"),
            "RECOLLECT_PYTHON", "/no/such/python"),
        List.of("jupyter-nbconvert", "jupyter-client", "sudo apt-get install"),
        "environment/run");
  }

  @Test
  void missingFontIsNamedWhereItCannotBeInstalled() throws Exception {
    assertRefused(
        Map.of(
            "RECOLLECT_INSTALL", "no",
            "RECOLLECT_JDKS", System.getProperty("java.home"),
            "RECOLLECT_FONTS", home.toString()),
        List.of("fonts-dejavu-core", "sudo apt-get install"),
        "environment/test");
  }

  @Test
  void portInUseIsNamedWithAnother() throws Exception {
    try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertRefused(
          Map.of(),
          List.of("Port " + port, "in use", "environment/lab --port"),
          "environment/lab",
          "--port",
          String.valueOf(port));
    }
  }

  @Test
  void kernelspecIsValidJsonForAnyCacheFolder() throws Exception {
    Path cache = Files.createDirectories(home.resolve("a \"quoted\" back\\slash"));
    Path spec = home.resolve("spec");
    String script =
        """
        set -euo pipefail; . environment/set-up.sh; OUT=%s; JAVA_HOME=/jdk
        printf %%s /a.jar:/b.jar >"$OUT/classpath"; write_kernelspec %s\
        """
            .formatted(home, spec);
    Ending ending = run(Map.of("RECOLLECT_HOME", cache.toString()), "bash", "-c", script);
    assertEquals(new Ending(0, List.of()), ending);

    var kernel = new ObjectMapper().readTree(spec.resolve("kernel.json").toFile());
    assertEquals("/jdk/bin/java", kernel.at("/argv/0").asText());
    assertEquals("message", kernel.at("/interrupt_mode").asText());
    assertEquals(cache.resolve("djl").toString(), kernel.at("/env/DJL_CACHE_DIR").asText());
    List<String> arguments = Files.readAllLines(spec.resolve("kernel.args"));
    assertTrue(arguments.contains("--add-modules=jdk.incubator.vector"), arguments.toString());
    assertEquals("org.recollect.notebook.Main", arguments.getLast());
    assertEquals(
        "\"" + ROOT + "/target/classes:/a.jar:/b.jar\"", arguments.get(arguments.size() - 2));
  }

  @Test
  void tourHasOneNotebookOfEachFamily() throws IOException {
    Path notebooks = ROOT.resolve("notebooks");
    var perFamily = new HashMap<String, Integer>();
    try (Stream<Path> folders = Files.list(notebooks)) {
      folders
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .filter(folder -> !folder.startsWith("."))
          .forEach(family -> perFamily.put(family, 0));
    }
    var families = Map.copyOf(perFamily);
    for (String name : Files.readAllLines(ROOT.resolve("environment/tour"))) {
      assertTrue(Files.exists(notebooks.resolve(name + ".ipynb")), name + " is in the tour only");
      if (name.contains("/")) {
        perFamily.merge(name.substring(0, name.indexOf('/')), 1, Integer::sum);
      }
    }
    assertEquals(
        families.keySet().stream().collect(Collectors.toMap(family -> family, family -> 1)),
        perFamily,
        "environment/tour names one notebook of each family");
  }

  /// A project folder with nothing but the notebooks given, and the scripts of this one.
  private Path project(Map<String, String> notebooks) throws IOException {
    Path project = Files.createDirectories(home.resolve("project"));
    Files.createSymbolicLink(project.resolve("environment"), ROOT.resolve("environment"));
    for (var notebook : notebooks.entrySet()) {
      Path file = project.resolve(notebook.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(file, notebook.getValue());
    }
    return project;
  }

  private static String notebook(String metadata, String... cells) {
    return """
    {"nbformat": 4, "nbformat_minor": 5, "metadata": {%s}, "cells": [%s]}\
    """
        .formatted(metadata, String.join(",", cells));
  }

  private static String markdown(String id, String source) {
    return """
    {"cell_type": "markdown", "id": "%s", "metadata": {}, "source": "%s"}\
    """
        .formatted(id, source);
  }

  private static String code(String id, String source, String outputs) {
    return """
    {"cell_type": "code", "id": "%s", "metadata": {}, "execution_count": null,
     "source": "%s", "outputs": [%s]}\
    """
        .formatted(id, source, outputs);
  }

  private void assumeJupyter() throws Exception {
    String probe = "set -eu; . environment/set-up.sh; find_python; [ -z \"$(missing_packages)\" ]";
    assumeTrue(
        run(Map.of("JAVA_HOME", System.getProperty("java.home")), "bash", "-c", probe).status()
            == 0,
        "nbconvert is not installed; environment/test installs it");
  }

  @Test
  void pagesStandAloneAndTheIndexGivesTheVerdict() throws Exception {
    assumeJupyter();
    String record =
        """
        "recollect": {"seconds": 61.4, "scale": "laptop", "problem": null}\
        """;
    String outputs =
        """
        {"output_type": "display_data", "metadata": {}, "data": {
           "image/svg+xml": "<svg viewBox='0 0 9 9'><path style='stroke:#123456' d='M0 0L9 9'/></svg>",
           "text/plain": "a chart"}},
        {"output_type": "display_data", "metadata": {}, "data": {
           "text/plain": "claims",
           "application/vnd.recollect.verdict+json": {"paper": "Toy & Co", "scale": "laptop",
             "claims": [{"claim": "a", "outcome": "NOT SUPPORTED"},
                        {"claim": "b", "outcome": "SUPPORTED"},
                        {"claim": "c", "outcome": "SUPPORTED"}]}}}\
        """;
    String plain = notebook(record, markdown("a", "# Plain <words>"), code("b", "plot", outputs));
    String formulas = notebook(record, markdown("a", "# Formulas\\nHere $x^2$."));
    Path project =
        project(
            Map.of(
                "target/environment/executed/kv/plain.ipynb", plain,
                "notebooks/kv/plain.ipynb", plain,
                "target/environment/executed/formulas.ipynb", formulas,
                "notebooks/formulas.ipynb", formulas,
                "target/environment/executed/withdrawn.ipynb", formulas));
    Path jar = project.resolve("target/environment/mathjax.jar");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(
          new ZipEntry("META-INF/resources/webjars/mathjax/3.2.2/es5/tex-svg-full.js"));
      zip.write("/* typesets */".getBytes(StandardCharsets.UTF_8));
    }
    String script =
        "set -eu; . environment/set-up.sh; find_python;"
            + " \"$RECOLLECT_PYTHON\" -I environment/render.py "
            + project;
    assertEquals(0, run(Map.of(), "bash", "-c", script).status());

    Path site = project.resolve("target/site");
    String page = Files.readString(site.resolve("kv/plain.html"));
    assertTrue(page.contains("stroke:#123456"), "the chart keeps its style");
    assertTrue(page.contains("<title>Plain &lt;words&gt;</title>"), page);
    assertTrue(page.contains("href=\"../index.html\""), page);
    assertFalse(page.contains("<script"), "no script where there is no formula");
    assertTrue(Files.readString(site.resolve("formulas.html")).contains("/* typesets */"));
    for (String name : List.of("index.html", "formulas.html", "kv/plain.html")) {
      String text = Files.readString(site.resolve(name));
      assertFalse(text.matches("(?s).*(src=|@import|url\\(|<link).*"), name + " loads something");
    }

    String index = Files.readString(site.resolve("index.html"));
    assertTrue(index.contains("href=\"kv/plain.html\""), index);
    assertTrue(index.contains("Toy &amp; Co"), index);
    int supported = index.indexOf(">2 supported<");
    assertTrue(supported > 0 && supported < index.indexOf(">1 not supported<"), index);
    assertTrue(index.contains("laptop scale, 61 s"), index);
    assertFalse(index.contains("withdrawn"), "a notebook that is gone has no card");
  }

  @Test
  void failingCellIsNamedAndTheCommittedNotebookStays() throws Exception {
    assumeJupyter();
    String failing =
        notebook(
            "",
            markdown("a", "# Failing"),
            code("b", "int zero = 0;", ""),
            code("c", "1 / zero", ""),
            code("d", "never()", ""));
    Path project = project(Map.of("notebooks/kv/failing.ipynb", failing));
    String script =
        """
        set -euo pipefail; . environment/set-up.sh; find_python; OUT=%1$s
        JAVA_HOME='%2$s'; printf %%s '%3$s' >"$OUT/classpath"
        mkdir -p "$OUT/kernels"; write_kernelspec "$OUT/kernels/recollect"
        export JUPYTER_PATH=$OUT JUPYTER_RUNTIME_DIR=$OUT/runtime RECOLLECT_SCALE=smoke
        "$RECOLLECT_PYTHON" -I environment/execute.py %1$s --save kv/failing\
        """
            .formatted(
                project, System.getProperty("java.home"), System.getProperty("java.class.path"));
    Ending ending = run(Map.of(), "bash", "-c", script);
    assertEquals(1, ending.status(), ending.toString());
    assertEquals(
        "kv/failing, cell [2] failed: ArithmeticException: / by zero", ending.errors().getLast());
    assertEquals(failing, Files.readString(project.resolve("notebooks/kv/failing.ipynb")));
    Path executed = project.resolve("target/environment/executed/kv/failing.ipynb");
    var cells = new ObjectMapper().readTree(executed.toFile()).get("cells");
    assertEquals("error", cells.at("/2/outputs/0/output_type").asText());
    assertTrue(cells.at("/3/outputs").isEmpty(), "the cells after it do not run");
  }

  private static void deleteTree(Path top) throws IOException {
    var paths = new ArrayList<Path>();
    try (Stream<Path> tree = Files.walk(top)) {
      tree.forEach(paths::addFirst);
    }
    for (Path path : paths) {
      Files.delete(path);
    }
  }
}
