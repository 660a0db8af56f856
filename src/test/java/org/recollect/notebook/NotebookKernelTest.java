package org.recollect.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.StreamSupport;
import javax.tools.ToolProvider;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Drives the kernel as a front end does, over its sockets.
public class NotebookKernelTest {
  private static JupyterClient client;
  private static Thread kernel;

  @BeforeAll
  static void start() throws IOException {
    client = new JupyterClient();
    var properties = KernelConnectionProperties.parse(client.connectionJson());
    kernel = Thread.ofPlatform().daemon().start(() -> Main.serve(properties));
    client.awaitReady();
  }

  @AfterAll
  static void shutdown() throws InterruptedException {
    var request = new JsonObject();
    request.addProperty("restart", false);
    var reply = client.controlRequest("shutdown_request", request);
    assertFalse(reply.get("restart").getAsBoolean());
    kernel.join(30_000);
    assertFalse(kernel.isAlive(), "the kernel still serves after its shutdown");
    client.close();
  }

  @Test
  void valueOfTheLastExpressionIsTheResult() {
    var outcome = client.execute("int three = 3;\nthree * 14");
    assertEquals("ok", outcome.status());
    assertEquals("42", outcome.text());
    var result = outcome.published("execute_result").getFirst();
    assertEquals(
        outcome.reply().content().get("execution_count"), result.content().get("execution_count"));
  }

  @Test
  void closingSemicolonSuppressesTheValue() {
    for (String code : List.of("1 + 1;", "1 + 1; // noted", "var kept = 7", "1 + 1;\n")) {
      assertEquals("", client.execute(code).text(), code);
    }
    assertEquals("7", client.execute("kept").text());
  }

  @Test
  void cellsWithoutCodeAreFine() {
    for (String code : List.of("", " \n\n", ";", "// a remark", "/* one */\n// two", ";;\n")) {
      var outcome = client.execute(code);
      assertEquals("ok", outcome.status(), "'" + code + "': " + outcome.reply());
      assertEquals("", outcome.text());
    }
  }

  @Test
  void declarationsLastFromCellToCell() {
    client.execute("record Pair(int a, int b) { int sum() { return a + b; } }");
    client.execute("Pair pair(int n) { return new Pair(n, n + 1); }");
    assertEquals("9", client.execute("pair(4).sum()").text());
  }

  @Test
  void printedTextGoesToItsStream() {
    var outcome = client.execute("System.out.print(\"to read\"); System.err.println(\"to heed\");");
    assertEquals("to read", outcome.stream("stdout"));
    assertEquals("to heed" + System.lineSeparator(), outcome.stream("stderr"));
  }

  @Test
  void nothingIsLostOfAFloodOfLines() {
    var outcome = client.execute("for (int i = 0; i < 5000; i++) System.out.println(i);");
    assertEquals(5000, outcome.stream("stdout").lines().count());
  }

  @Test
  void declarationThatLacksAnotherNamesIt() {
    var early = client.execute("int outer() { return inner() + 1; }");
    assertEquals("ok", early.status());
    assertTrue(early.stream("stderr").contains("method inner()"), early.stream("stderr"));
    assertTrue(client.execute("outer()").reply().string("evalue").contains("inner()"));
    client.execute("int inner() { return 41; }");
    assertEquals("42", client.execute("outer()").text());
  }

  @Test
  void valueThatCannotBePrintedFailsItsCellOnly() {
    var outcome =
        client.execute(
            "new Object() { public String toString() { throw new IllegalStateException(\"no\"); } }");
    assertEquals("error", outcome.status());
    assertEquals("2", client.execute("1 + 1").text());
  }

  @Test
  void displayShowsRichValuesInOrder() {
    var outcome = client.execute("display(markdown(\"**a**\"), List.of(1));\nlatex(\"x^2\")");
    var shown = outcome.published("display_data");
    assertEquals(2, shown.size());
    var first = shown.getFirst().content().getAsJsonObject("data");
    assertEquals("**a**", first.get("text/markdown").getAsString());
    assertEquals("$$x^2$$", outcome.value().get("text/latex").getAsString());
  }

  @Test
  void progressUpdatesOneDisplay() {
    var outcome =
        client.execute(
            """
            var live = new org.recollect.notebook.render.LiveProgress();
            for (int i = 0; i <= 3; i++) {
              live.show(new Progress("KvStudy", i, 3, 0, 0, "int8", Settings.NONE, 1,
                  Duration.ofSeconds(i), Optional.empty()));
            }
            """);
    var shown = outcome.published("display_data");
    var updates = outcome.published("update_display_data");
    assertEquals(1, shown.size());
    assertEquals(3, updates.size());
    var id = shown.getFirst().content().getAsJsonObject("transient").get("display_id");
    for (var update : updates) {
      assertEquals(id, update.content().getAsJsonObject("transient").get("display_id"));
    }
  }

  @Test
  void tracebackShowsTheCellsOwnLinesAndEveryCause() {
    client.execute("// the fault lies here\nint half(int n) {\n  return 10 / (n - n);\n}");
    var outcome =
        client.execute(
            "int fine = 1;\ntry {\n  half(2);\n} catch (ArithmeticException e) {\n"
                + "  throw new IllegalStateException(\"no half\", e);\n}");
    assertEquals("error", outcome.status());
    assertEquals("IllegalStateException", outcome.reply().string("ename"));
    assertEquals("no half", outcome.reply().string("evalue"));
    String traceback = outcome.traceback();
    assertTrue(traceback.contains("java.lang.IllegalStateException: no half"), traceback);
    assertTrue(traceback.contains("--->  5 |   throw new IllegalStateException"), traceback);
    assertTrue(
        traceback.contains("Caused by: java.lang.ArithmeticException: / by zero"), traceback);
    assertTrue(traceback.contains("--->  3 |   return 10 / (n - n);"), traceback);
    assertFalse(traceback.contains("REPL"), traceback);
    var published = outcome.published("error").getFirst();
    assertEquals(
        traceback,
        JupyterClient.Outcome.lines(published.content().getAsJsonArray("traceback")),
        "headless runs print the reply's traceback, front ends the published one");
  }

  @Test
  void endlessRecursionPrintsAShortTraceback() {
    var outcome = client.execute("int down(int n) { return down(n + 1) + 1; }\ndown(0)");
    assertEquals("StackOverflowError", outcome.reply().string("ename"));
    assertTrue(outcome.traceback().lines().count() < 40, outcome.traceback());
  }

  @Test
  void compileErrorNamesCellAndLineAndUnderlines() {
    var outcome = client.execute("int good = 1;\n\nint bad = \"text\";");
    assertEquals("error", outcome.status());
    assertTrue(outcome.reply().string("evalue").contains("line 3"), outcome.reply().toString());
    assertTrue(outcome.traceback().contains("    3 | int bad = \"text\";"), outcome.traceback());
    assertTrue(outcome.traceback().contains("^^^^^^"), outcome.traceback());
    var unknown = client.execute("undeclared + 1").traceback();
    assertTrue(unknown.contains("symbol:   variable undeclared"), unknown);
    assertFalse(unknown.contains("location"), unknown);
  }

  @Test
  void interruptStopsATightLoopAndKeepsTheVariables() {
    client.execute("int before = 5;");
    String id = client.submit("System.out.println(\"running\"); while (true) {}");
    client.awaitPublished(m -> m.answers(id) && m.type().equals("stream"));
    client.controlRequest("interrupt_request", new JsonObject());
    var outcome = client.outcome(id);
    assertEquals("error", outcome.status());
    assertEquals("Interrupted", outcome.reply().string("ename"));
    assertEquals("5", client.execute("before").text());
  }

  @Test
  void interruptWakesACellThatWaits() {
    String id =
        client.submit(
            "System.out.println(\"waiting\"); new CountDownLatch(1).await(); int after = 1;");
    client.awaitPublished(m -> m.answers(id) && m.type().equals("stream"));
    client.controlRequest("interrupt_request", new JsonObject());
    assertEquals("error", client.outcome(id).status());
    assertEquals("2", client.execute("1 + 1").text());
  }

  @Test
  void interruptThatALibraryIgnoresIsExplained() {
    String id = client.submit("org.recollect.notebook.NotebookKernelTest.ignoreInterrupts();");
    ignoring.join();
    client.controlRequest("interrupt_request", new JsonObject());
    client.awaitPublished(
        m -> m.type().equals("stream") && m.string("text").contains("restart the kernel"));
    released.complete(null);
    assertEquals("error", client.outcome(id).status());
  }

  private static final CompletableFuture<Void> ignoring = new CompletableFuture<>();
  private static final CompletableFuture<Void> released = new CompletableFuture<>();

  /// Library code, as the cell sees it, that an interrupt does not end.
  public static void ignoreInterrupts() {
    ignoring.complete(null);
    released.join();
  }

  @Test
  void threadsLeftRunningDoNotHoldUpTheNextCell() {
    var outcome =
        client.execute(
            "var pool = Executors.newFixedThreadPool(2);\n" + "pool.submit(() -> 6 * 7).get()");
    assertEquals("42", outcome.text());
    client.execute("pool.shutdownNow();");
  }

  @Test
  void cellsQueuedBehindAFailureAreNotRun() {
    String failing = client.submit("System.out.println(1); new CountDownLatch(1).await();");
    client.awaitPublished(m -> m.answers(failing) && m.type().equals("stream"));
    String queued = client.submit("int mustNotExist = 1;");
    client.controlRequest("interrupt_request", new JsonObject());
    assertEquals("error", client.outcome(failing).status());
    assertEquals("aborted", client.outcome(queued).status());
    assertEquals("error", client.execute("mustNotExist").status());
  }

  @Test
  void exitIsRefusedInASentence() {
    for (String exit : List.of("System.exit(3);", "Runtime.getRuntime().halt(3);")) {
      var outcome = client.execute("if (1 > 0) {\n  " + exit + "\n}");
      assertEquals("error", outcome.status());
      assertTrue(outcome.reply().string("evalue").contains("restart the kernel"));
      assertTrue(outcome.traceback().contains("--->  2 |   " + exit), outcome.traceback());
    }
  }

  @Test
  void completionOffersMembersFromTheCursor() {
    String code = "int unrelated = 1;\nMath.floo";
    var reply = client.request("complete_request", cursorIn(code));
    List<String> matches =
        StreamSupport.stream(reply.getAsJsonArray("matches").spliterator(), false)
            .map(match -> match.getAsString())
            .toList();
    assertTrue(matches.stream().anyMatch(m -> m.startsWith("floorMod")), "" + matches);
    assertEquals(code.length() - 4, reply.get("cursor_start").getAsInt());
    assertEquals(code.length(), reply.get("cursor_end").getAsInt());
  }

  @Test
  void completionCountsCharactersNotUtf16Units() {
    var reply = client.request("complete_request", cursorIn("var s = \"\uD83D\uDE00\"; Math.floo"));
    assertFalse(reply.getAsJsonArray("matches").isEmpty(), "" + reply);
  }

  @Test
  void completionOffersMagics() {
    var reply = client.request("complete_request", cursorIn("%cl"));
    assertEquals("[\"classpath\"]", reply.get("matches").toString());
  }

  @Test
  void inspectionGivesSignatureAndDocComment() {
    var content = cursorIn("Math.floorMod");
    content.addProperty("detail_level", 0);
    var reply = client.request("inspect_request", content);
    assertTrue(reply.get("found").getAsBoolean());
    String text = reply.getAsJsonObject("data").get("text/plain").getAsString();
    assertTrue(text.contains("int Math.floorMod(int x, int y)"), text);
    assertFalse(text.contains("<code>"), text);
  }

  @Test
  void inspectionOfNothingFindsNothing() {
    var content = cursorIn("  ");
    content.addProperty("detail_level", 0);
    assertFalse(client.request("inspect_request", content).get("found").getAsBoolean());
  }

  @Test
  void consolesLearnWhetherTheInputIsFinished() {
    assertEquals("complete", isComplete("int x = 1").get("status").getAsString());
    assertEquals("complete", isComplete("%time f()\nint x = 1;").get("status").getAsString());
    assertEquals("invalid", isComplete("int = ;").get("status").getAsString());
    var open = isComplete("for (int i = 0; i < 3; i++) {");
    assertEquals("incomplete", open.get("status").getAsString());
    assertEquals("    ", open.get("indent").getAsString());
  }

  @Test
  void historyGivesEarlierCells() {
    client.execute("int first = 101;");
    client.execute("first + 1");
    var tail = history("tail");
    tail.addProperty("n", 2);
    tail.addProperty("output", true);
    var entries = client.request("history_request", tail).getAsJsonArray("history");
    assertEquals(2, entries.size());
    assertEquals("[\"int first = 101;\",null]", entries.get(0).getAsJsonArray().get(2).toString());
    assertEquals("[\"first + 1\",\"102\"]", entries.get(1).getAsJsonArray().get(2).toString());
    var search = history("search");
    search.addProperty("pattern", "*= 101*");
    search.addProperty("n", 10);
    search.addProperty("unique", true);
    entries = client.request("history_request", search).getAsJsonArray("history");
    assertEquals(1, entries.size());
  }

  @Test
  void timeMagicPrintsDurationAndKeepsTheValue() {
    var line = client.execute("%time 20 + 1");
    assertEquals("21", line.text());
    assertTrue(line.stream("stdout").startsWith("Wall time"), line.stream("stdout"));
    var cell = client.execute("%%time\nint timed = 4;\ntimed * 2");
    assertEquals("8", cell.text());
    assertTrue(cell.stream("stdout").contains("CPU time"));
  }

  @Test
  void interruptBetweenCellsStopsNone() {
    client.controlRequest("interrupt_request", new JsonObject());
    assertEquals("2", client.execute("%%time\n1 + 1").text());
  }

  @Test
  void unknownMagicIsToldInOneSentence() {
    var outcome = client.execute("%nonsense 1");
    assertEquals("error", outcome.status());
    assertTrue(outcome.reply().string("evalue").contains("%classpath"));
  }

  @Test
  void classpathMagicAddsAJar(@TempDir Path folder) throws IOException {
    Path jar =
        jarWith(
            folder,
            "greeting.Hello",
            "package greeting; public class Hello {"
                + " public static String hello() { return \"from the jar\"; } }");
    var outcome = client.execute("%classpath " + jar + "\ngreeting.Hello.hello()");
    assertEquals("from the jar", outcome.text(), outcome.published().toString());
    var missing = client.execute("%jars " + folder.resolve("absent/*.jar"));
    assertEquals("error", missing.status());
  }

  @Test
  void valueOfAnIncubatingTypeIsShown() {
    var outcome = client.execute("jdk.incubator.vector.FloatVector.SPECIES_128.zero()");
    assertEquals("ok", outcome.status());
    assertFalse(outcome.text().isEmpty());
  }

  @Test
  void messagesThatAreNotSignedOrNotMessagesAreIgnored() {
    var content = new JsonObject();
    content.addProperty("code", "int forged = 1;");
    byte[][] parts = client.parts("forged-id", "execute_request", content);
    byte[] delimiter = JupyterClient.bytes("<IDS|MSG>");
    byte[] forged = JupyterClient.bytes("0".repeat(64));
    client.sendRaw(delimiter, forged, parts[0], parts[1], parts[2], parts[3]);
    client.sendRaw(delimiter, new byte[0], parts[0], parts[1], parts[2], parts[3]);
    client.sendRaw(JupyterClient.bytes("not a message"));
    client.sendRaw(delimiter, forged);
    assertEquals("error", client.execute("forged").status());
    assertEquals("3", client.execute("1 + 2").text());
  }

  private static JsonObject cursorIn(String code) {
    var content = new JsonObject();
    content.addProperty("code", code);
    content.addProperty("cursor_pos", code.codePointCount(0, code.length()));
    return content;
  }

  private static JsonObject isComplete(String code) {
    var content = new JsonObject();
    content.addProperty("code", code);
    return client.request("is_complete_request", content);
  }

  private static JsonObject history(String access) {
    var content = new JsonObject();
    content.addProperty("hist_access_type", access);
    content.addProperty("output", false);
    content.addProperty("raw", true);
    return content;
  }

  private static Path jarWith(Path folder, String type, String source) throws IOException {
    String path = type.replace('.', '/');
    Path java = folder.resolve(path + ".java");
    Files.createDirectories(java.getParent());
    Files.writeString(java, source);
    assertEquals(0, ToolProvider.getSystemJavaCompiler().run(null, null, null, java.toString()));
    Path jar = folder.resolve("extra.jar");
    try (var out = new JarOutputStream(Files.newOutputStream(jar))) {
      out.putNextEntry(new JarEntry(path + ".class"));
      out.write(Files.readAllBytes(folder.resolve(path + ".class")));
    }
    return jar;
  }
}
