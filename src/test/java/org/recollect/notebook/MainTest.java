package org.recollect.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
  private static final String JSON =
      "{\"transport\":\"%s\",\"ip\":\"%s\",\"shell_port\":1,\"control_port\":2,\"iopub_port\":3,"
          + "\"stdin_port\":4,\"hb_port\":5,\"key\":\"k\",\"signature_scheme\":\"hmac-sha256\"}";

  @TempDir Path folder;

  @Test
  void processServesUntilItIsToldToEnd() throws Exception {
    try (var client = new JupyterClient()) {
      Process kernel = start(client.writeConnectionFile(folder));
      try {
        client.awaitReady();
        assertEquals("42", client.execute("6 * 7").text());
        // A thread that never ends must not keep the process.
        client.execute("new Thread(() -> { while (true) { LockSupport.park(); } }).start();");
        client.controlRequest("shutdown_request", restart());
        assertTrue(kernel.waitFor(60, TimeUnit.SECONDS), "the process has not ended");
        assertEquals(0, kernel.exitValue());
      } finally {
        kernel.destroyForcibly();
      }
    }
  }

  private static JsonObject restart() {
    var content = new JsonObject();
    content.addProperty("restart", true);
    return content;
  }

  @Test
  void processRefusesToListenToOtherMachines() throws Exception {
    Path file = Files.writeString(folder.resolve("open.json"), JSON.formatted("tcp", "0.0.0.0"));
    Process kernel = start(file);
    String said = new String(kernel.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(2, kernel.waitFor());
    assertTrue(said.contains("listens on loopback only: set ip to 127.0.0.1"), said);
    assertTrue(said.lines().noneMatch(line -> line.startsWith("\tat ")), said);
  }

  private static Process start(Path connectionFile) throws IOException {
    var command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("java.class.path"),
            "org.recollect.notebook.Main",
            connectionFile.toString());
    return new ProcessBuilder(command).start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0.0.0", "192.0.2.7", "::", "*"})
  void onlyLoopbackAddressesAreServed(String ip) throws IOException {
    assertTrue(refusal(JSON.formatted("tcp", ip)).contains("loopback"));
    assertTrue(refusal(JSON.formatted("pgm", "127.0.0.1")).contains("loopback"));
  }

  @Test
  void loopbackAndIpcAreServed() throws IOException {
    for (String ip : List.of("127.0.0.1", "127.3.2.1", "localhost", "::1")) {
      read(JSON.formatted("tcp", ip));
    }
    read(JSON.formatted("ipc", folder + "/kernel"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[1]", "not json", "{\"ip\": 3", "null"})
  void whatIsNoConnectionFileIsRefusedInASentence(String content) throws IOException {
    assertTrue(refusal(content).contains("is not a Jupyter connection file"), refusal(content));
  }

  @Test
  void missingAndHugeFilesAreRefused() throws IOException {
    Path absent = folder.resolve("absent.json");
    assertThrows(IllegalArgumentException.class, () -> ConnectionFile.read(absent));
    assertTrue(refusal(" ".repeat(70_000) + JSON).contains("larger"));
  }

  @Test
  void portInUseIsExplained() throws IOException {
    try (var client = new JupyterClient();
        var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String json =
          client
              .connectionJson()
              .replaceFirst("(\"iopub_port\":)\\d+", "$1" + taken.getLocalPort());
      var properties = KernelConnectionProperties.parse(json);
      var refused = assertThrows(IllegalArgumentException.class, () -> Main.serve(properties));
      assertTrue(refused.getMessage().contains("another process holds one"), refused.getMessage());
    }
  }

  private void read(String content) throws IOException {
    ConnectionFile.read(Files.writeString(folder.resolve("connection.json"), content));
  }

  private String refusal(String content) {
    return assertThrows(IllegalArgumentException.class, () -> read(content)).getMessage();
  }
}
