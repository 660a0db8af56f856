package org.recollect.retrieval.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.FSDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.data.Library;
import org.recollect.data.Passage;

class IndexFolderTest {
  @TempDir Path folder;

  private static final Library LIBRARY = Texts.library(700, 20, 1);

  @ParameterizedTest
  @MethodSource("org.recollect.retrieval.search.IndexTest#searches")
  void aReopenedIndexGivesTheSameHits(Search search) {
    var library = Texts.library(150, 20, 1);
    var queries = Texts.queries(library, 10, 1);
    List<List<Hit>> before;
    try (var index = search.over(library, folder)) {
      index.add(new Passage("later", "Title", "kamiro sulten " + queries.getFirst(), 7));
      index.remove("p3");
      before = queries.stream().map(query -> index.search(query, 10)).toList();
    }
    try (var index = search.over(library, folder)) {
      assertEquals(before, queries.stream().map(query -> index.search(query, 10)).toList());
      assertEquals(150, index.size());
      assertTrue(index.has("later"));
      assertFalse(index.has("p3"));
      index.add(new Passage("last", "", "the last"));
    }
    try (var index = search.over(library, folder)) {
      assertEquals(151, index.size());
    }
  }

  @Test
  void aKilledBuildIsBegunAnew() throws Exception {
    kill("building");
    try (var directory = FSDirectory.open(folder)) {
      assertNotEquals(0, directory.listAll().length);
      assertFalse(DirectoryReader.indexExists(directory));
    }
    try (var index = search(_ -> {}).over(LIBRARY, folder);
        var unharmed = search(_ -> {}).over(LIBRARY)) {
      assertEquals(LIBRARY.passages().size(), index.size());
      for (String query : Texts.queries(LIBRARY, 10, 2)) {
        assertEquals(unharmed.search(query, 10), index.search(query, 10));
      }
    }
  }

  @Test
  void whatWasCommittedSurvivesAKillWhileAdding() throws Exception {
    kill("adding");
    try (var index = search(_ -> {}).over(LIBRARY, folder)) {
      assertEquals(LIBRARY.passages().size() + 3 - 1, index.size());
      for (int i = 0; i < 3; i++) {
        assertEquals("new" + i, Texts.ids(index.search("newcomer" + i, 1)).getFirst());
      }
      assertFalse(index.has("p0"));
      assertFalse(index.has("uncommitted"));
      assertFalse(Texts.ids(index.search("uncommitted", 5)).contains("uncommitted"));
      index.add(new Passage("uncommitted", "", "added again"));
    }
  }

  @Test
  void anIndexOfSomethingElseIsOneSentence() {
    Search.bm25().over(LIBRARY, folder).close();
    complains("other passages", () -> Search.bm25().over(Texts.library(5, 5, 2), folder));
    complains("'BM25'", () -> Search.bm25().titleBoost(2).over(LIBRARY, folder));
    Search.bm25().over(LIBRARY, folder).close();
  }

  @Test
  void whatIsRemovedLeavesTheFiles() throws Exception {
    try (var index = Search.fused(Search.bm25(), Search.dense()).over(LIBRARY, folder)) {
      var kept = new Passage("kept", "", "stands in the same segment");
      index.addAll(List.of(kept, new Passage("secret-id", "", "the zyxwvutsrq is hidden here")));
      index.commit();
      assertTrue(anyFileHas("zyxwvutsrq") && anyFileHas("secret-id"));
      index.remove("secret-id");
      index.commit();
      assertFalse(anyFileHas("zyxwvutsrq") || anyFileHas("secret-id"));
    }
  }

  private boolean anyFileHas(String text) throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        if (new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text)) {
          return true;
        }
      }
      return false;
    }
  }

  @Test
  void closingTwiceIsClosingOnce() {
    var index = Search.bm25().over(LIBRARY, folder);
    index.close();
    index.close();
    assertThrows(RuntimeException.class, () -> index.search("karo", 1));
  }

  @Test
  void anIndexThatIsOpenIsOneSentence() {
    try (var _ = Search.bm25().over(LIBRARY, folder)) {
      complains("open elsewhere", () -> Search.bm25().over(LIBRARY, folder));
    }
  }

  @Test
  void anotherFormatOrAuthorIsOneSentence() throws Exception {
    Search.bm25().over(LIBRARY, folder).close();
    say(Map.of("recollect.format", "0"));
    complains("format 0", () -> Search.bm25().over(LIBRARY, folder));
    say(Map.of("something", "else"));
    complains("did not write", () -> Search.bm25().over(LIBRARY, folder));
  }

  @Test
  void aDamagedIndexIsOneSentence() throws Exception {
    Search.bm25().over(LIBRARY, folder).close();
    try (var files = Files.list(folder)) {
      for (Path file : files.filter(each -> each.toString().contains("segments_")).toList()) {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
      }
    }
    complains("delete it", () -> Search.bm25().over(LIBRARY, folder));
    var file = Files.writeString(folder.resolve("file"), "");
    complains("cannot be read", () -> Search.bm25().over(LIBRARY, file.resolve("below")));
  }

  private void say(Map<String, String> about) throws IOException {
    try (var directory = FSDirectory.open(folder);
        var writer = new IndexWriter(directory, new IndexWriterConfig())) {
      writer.setLiveCommitData(about.entrySet());
      writer.commit();
    }
  }

  private static void complains(String about, Executable mistake) {
    var e = assertThrows(IllegalStateException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
    assertFalse(e.getMessage().contains("\n"), e.getMessage());
  }

  private void kill(String when) throws Exception {
    var process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--add-modules=jdk.incubator.vector",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Child.class.getName(),
                    folder.toString(),
                    when))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertEquals(when, lines.lines().filter(when::equals).findFirst().orElse("nothing"));
      process.destroyForcibly();
    }
    assertNotEquals(0, process.waitFor());
  }

  private static Search search(Watched.Watcher watcher) {
    return Search.fused(Search.bm25(), Search.dense(new Watched(watcher)));
  }

  /// Counts letters, and says how many texts it has seen.
  private static final class Watched implements Encoder {
    interface Watcher {
      void seen(int texts);
    }

    private final Watcher watcher;
    private int seen;

    Watched(Watcher watcher) {
      this.watcher = watcher;
    }

    @Override
    public String name() {
      return "letters";
    }

    @Override
    public List<float[]> embedAll(List<String> passages) {
      watcher.seen(seen += passages.size());
      return passages.stream().map(Watched::letters).toList();
    }

    private static float[] letters(String text) {
      float[] counts = new float[26];
      text.chars().filter(c -> c >= 'a' && c <= 'z').forEach(c -> counts[c - 'a']++);
      return counts;
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }
  }

  /// Builds or adds, says so in the middle of it and waits for its end.
  static final class Child {
    public static void main(String[] arguments) {
      boolean building = arguments[1].equals("building");
      var folder = Path.of(arguments[0]);
      // The third batch: the two before it have been handed to Lucene.
      var search =
          search(seen -> {
            if (building && seen > 512) {
              waitForTheEnd("building");
            }
          });
      var index = search.over(LIBRARY, folder);
      for (int i = 0; i < 3; i++) {
        index.add(new Passage("new" + i, "", "newcomer" + i));
      }
      index.remove("p0");
      index.commit();
      index.add(new Passage("uncommitted", "", "uncommitted words"));
      index.search("uncommitted", 1);
      waitForTheEnd("adding");
    }

    private static void waitForTheEnd(String line) {
      System.out.println(line);
      try {
        System.in.read();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
