package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// PopQA, HotpotQA and WiTQA, on small files of their forms.
class QuestionFilesTest {
  private static final int MANY = 60;
  private static final String POP_HEADER =
      "id\tsubj\tprop\tobj\ts_pop\tquestion\tpossible_answers\n";
  private static final String WIT_HEADER =
      "subject_label\tpredicate_label\tobject_label\tobject_surfaceform\texpanded_object_label"
          + "\toutput_question\textracted_text\tentity_count\tsub_pred_count\n";

  @TempDir private Path folder;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private static List<OpenQuestion> all(QuestionSet set) {
    return Stream.of(set.train(), set.validation(), set.test()).flatMap(List::stream).toList();
  }

  private static String lines(Function<Integer, String> line) {
    return IntStream.range(0, MANY).mapToObj(line::apply).collect(Collectors.joining("\n"));
  }

  private static String popRow(int i) {
    return "%d\tPerson %d\toccupation\tpainter\t%d\tWhat does Person %d do?\t\"[\"\"painter\"\", \"\"artist\"\"]\""
        .formatted(i, i / 2, 10 * i, i / 2);
  }

  private static String popLine(int i) {
    return """
    {"id":%d,"subj":"Person %d","prop":"occupation","obj":"painter","s_pop":%d,\
    "question":"What does Person %d do?","possible_answers":"[\\"painter\\", \\"artist\\"]"}\
    """
        .formatted(i, i / 2, 10 * i, i / 2);
  }

  @Test
  void popQaTablesAndLinesAreReadAlike() throws IOException {
    var table = PopQa.questions(file("p.tsv", POP_HEADER + lines(QuestionFilesTest::popRow)));
    var lines = PopQa.questions(file("p.jsonl", lines(QuestionFilesTest::popLine)));
    assertEquals(table.digest(), lines.digest());
    assertEquals(MANY, all(table).size());
    for (var question : all(table)) {
      assertEquals(List.of("painter", "artist"), question.answers());
      int id = Integer.parseInt(question.id());
      assertEquals(10.0 * id, question.popularity().orElseThrow().subject());
      assertEquals("Person " + id / 2, question.subject());
    }
  }

  @Test
  void noSubjectIsInTwoParts() throws IOException {
    var set = PopQa.questions(file("p.jsonl", lines(QuestionFilesTest::popLine)));
    var tested = set.test().stream().map(OpenQuestion::subject).toList();
    assertTrue(set.train().stream().noneMatch(each -> tested.contains(each.subject())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1\ta\tb",
        "1\ta\tb\tc\t-3\tq\t[]",
        "1\ta\tb\tc\tNaN\tq\t[]",
        "1\ta\tb\tc\tmany\tq\t[]",
        "1\ta\tb\tc\t3\tq\tpainter",
        "1\ta\tb\tc\t3\tq\t[3]",
        "1\ta\tb\tc\t3\tq\t[] []",
        "1\ta\tb\tc\t3\tq\t{}",
        "1\ta\tb\t\t3\tq\t[]",
        "1\ta\tb\tc\t3\t \t[]",
        "1\ta\tb\tc\t3\tq\t\"[]"
      })
  void aMalformedRowIsNamed(String row) throws IOException {
    var path = file("bad.tsv", POP_HEADER + popRow(1) + "\n" + row + "\n");
    var message =
        assertThrows(IllegalArgumentException.class, () -> PopQa.questions(path)).getMessage();
    assertTrue(message.startsWith("bad.tsv, line 3"), message);
    assertEquals(1, message.lines().count(), message);
  }

  @Test
  void tablesWithoutRowsOrColumnsAreRefused() throws IOException {
    for (var text : List.of("", POP_HEADER, "id\tid\n1\t2\n", "id\n7\n")) {
      var path = file("t.tsv", text);
      assertThrows(IllegalArgumentException.class, () -> PopQa.questions(path), text);
    }
  }

  private static String hop(int i, String facts) {
    return """
    {"_id":"h%d","question":"Who rules the town of Bo %d?","answer":"Ada","type":"bridge",\
    "level":"hard","supporting_facts":%s,"context":[["Bo %d",["Bo lives in Elm."," He sings."]],\
    ["Elm",["Elm is a town."," Ada rules it."]],["Oak",["Oak is a tree."]]]}\
    """
        .formatted(i, i, facts, i);
  }

  @Test
  void hotpotQaGivesPassagesAndTheStepsOfQuestions() throws IOException {
    var facts = "[[\"Bo %d\",0],[\"Elm\",1],[\"Elm\",0],[\"Oak\",9]]";
    var text = "[" + lines(i -> hop(i, facts.formatted(i))).replace("}\n{", "},\n{") + "]";
    var world = HotpotQa.world(file("h.json", text)).at(1);
    assertEquals(MANY + 2, world.library().passages().size(), "Elm and Oak are kept once");
    for (var question : all(world.questions())) {
      assertEquals(2, question.hops());
      var last = question.evidence().getLast();
      assertEquals("Elm is a town. Ada rules it.", world.library().passage(last.getFirst()).text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[[\"Elm\"]]", "[[\"Elm\",\"1\"]]", "[[3,1]]", "\"Elm\"", "[[\"Elm\",-1]]"})
  void aMalformedSupportingFactIsNamed(String facts) throws IOException {
    var path = file("bad.json", "[" + hop(1, "[]") + ",\n" + hop(2, facts) + "]");
    var message =
        assertThrows(IllegalArgumentException.class, () -> HotpotQa.world(path)).getMessage();
    assertTrue(message.startsWith("bad.json, line 2, \"supporting_facts\""), message);
  }

  private static String witRow(int i) {
    return "Bo %d\tplace of birth\tElm\tthe Elm\t\"[\"\"Elm Town\"\"]\"\tWhere was Bo %d born?\tBo %d is from the Elm.\t%d\t%d"
        .formatted(i, i, i, 7 * i, i);
  }

  @Test
  void witQaHasPassagesAndBothCounts() throws IOException {
    var path = file("w.tsv", WIT_HEADER + lines(QuestionFilesTest::witRow));
    var world = WiTqa.world(path).at(1);
    assertEquals(MANY, world.library().passages().size());
    for (var question : all(world.questions())) {
      assertEquals(List.of("Elm", "the Elm", "Elm Town"), question.answers());
      var popularity = question.popularity().orElseThrow();
      assertEquals(popularity.subject(), 7 * popularity.pair().orElseThrow());
      var passage = world.library().passage(question.evidence().getFirst().getFirst());
      assertEquals(question.subject(), passage.title());
    }
    var bad = file("bad.tsv", WIT_HEADER + witRow(1).replace("\t7\t", "\tseven\t"));
    var message = assertThrows(IllegalArgumentException.class, () -> WiTqa.world(bad)).getMessage();
    assertTrue(message.startsWith("bad.tsv, line 2: \"entity_count\""), message);
  }

  @Test
  void passagesAreCutBehindSentencesAndLoseNoWord() {
    var text = "One two three. Four five.\nSix seven eight nine ten eleven. Twelve";
    var library = Library.of(Corpora.text(text), 5);
    assertEquals(
        List.of("One two three. Four five.", "Six seven eight nine ten", "eleven. Twelve"),
        library.passages().stream().map(Passage::text).toList());
    assertEquals("text 1", library.passages().getFirst().title());
    assertThrows(IllegalArgumentException.class, () -> Library.of(Corpora.text(text), 0));
    assertThrows(IllegalArgumentException.class, () -> Library.of(Corpora.text(" \n"), 5));
  }
}
