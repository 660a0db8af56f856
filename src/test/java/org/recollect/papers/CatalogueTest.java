package org.recollect.papers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CatalogueTest {
  private static final String GOOD =
      """
      [{"number": 7, "id": "a-b", "shortName": "AB", "title": "On A and B", "year": 2024,
        "seeds": ["001"],
        "sheet": {"file": "notes.md", "heading": "AB", "provenance": ["inferred", "code"]},
        "problem": "A lacks B.", "idea": "Add B.",
        "claims": [
          {"id": "gain", "statement": "B helps A.", "figure": "3 %",
           "expect": {"measure": "accuracy", "arm": "A with B", "betterThan": "A", "by": 0.5,
                      "where": {"noise": "high"}}},
          {"id": "cost", "statement": "B is cheap.", "figure": "2 s",
           "expect": {"measure": "seconds", "arm": "A with B", "within": 2}},
          {"id": "fame", "statement": "B is liked.", "figure": "none given"}],
        "notebook": "kv/a-b.ipynb"}]
      """;

  @Test
  void readsEveryFieldOfAnEntry() throws IOException {
    Paper paper = parse(GOOD).getFirst();
    var expected =
        new Paper(
            7,
            "a-b",
            "On A and B",
            "AB",
            2024,
            Family.KV,
            List.of("001"),
            new Sheet("notes.md", "AB", Set.of(Provenance.CODE, Provenance.INFERRED)),
            "A lacks B.",
            "Add B.",
            List.of(
                new Claim(
                    "gain",
                    "B helps A.",
                    "3 %",
                    Optional.of(
                        new Expectation.Better(
                            "accuracy", "A with B", "A", 0.5, Map.of("noise", "high")))),
                new Claim(
                    "cost",
                    "B is cheap.",
                    "2 s",
                    Optional.of(new Expectation.Within("seconds", "A with B", 2, Map.of()))),
                new Claim("fame", "B is liked.", "none given", Optional.empty())),
            Optional.of("kv/a-b.ipynb"));
    assertEquals(expected, paper);
  }

  /// One change to a good resource, and what the complaint must say of it.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`\"year\": 2024`   | `\"year\": \"2024\"`      | `kv.json[0] has a string as \"year\"; expected a whole number`",
        "`\"year\": 2024`   | `\"year\": 1e99`          | `expected a whole number`",
        "`\"year\": 2024`   | `\"year\": 1924`          | `expected 2015 to 2026`",
        "`\"year\": 2024,`  | ``                        | `lacks \"year\"`",
        "`\"year\": 2024`   | `\"year\": 1, \"year\": 2` | `line 1, column`",
        "`\"number\": 7`    | `\"number\": 0`           | `numbers start at 1`",
        "`\"a-b\"`          | `\"A B\"`                 | `lower-case letters`",
        "`\"seeds\"`        | `\"seed\"`                | `unknown field \"seed\"`",
        "`[\"001\"]`        | `[]`                      | `names no seed`",
        "`[\"001\"]`        | `[1]`                     | `kv.json[0].seeds[0] is not a text`",
        "`\"code\"]`        | `\"hearsay\"]`            | `has \"hearsay\" in \"provenance\"; expected one of abstract`",
        "`On A and B`       | ` `                       | `the title of \"a-b\" is missing`",
        "`\"B helps A.\"`   | `\"\"`                    | `the statement of the claim \"gain\"`",
        "`\"betterThan\": \"A\"` | `\"betterThan\": \"A with B\"` | `kv.json[0].claims[0].expect: An expectation compares`",
        "`\"betterThan\"`   | `\"worseThan\"`           | `unknown field \"worseThan\"`",
        "`\"within\": 2`    | `\"within\": \"2\"`       | `claims[1].expect has a string as \"within\"`",
        "`\"high\"`         | `3`                       | `claims[0].expect.where has a number as \"noise\"`",
        "`\"fame\"`         | `\"gain\"`                | `two claims \"gain\"`",
        "`kv/a-b.ipynb`     | `kv/other.ipynb`          | `expected \"kv/a-b.ipynb\"`",
        "`[{`               | `{`                       | `kv.json is not valid JSON`",
        "`B helps A.\",`    | `B helps A.`              | `is not valid JSON at line`",
      })
  void saysWhatIsWrongAndWhere(String was, String becomes, String complaint) {
    assertTrue(GOOD.contains(was), was);
    String bad = GOOD.replaceFirst(Pattern.quote(was), becomes == null ? "" : becomes);
    var error = assertThrows(IllegalArgumentException.class, () -> parse(bad));
    assertTrue(error.getMessage().contains(complaint), error.getMessage());
    assertFalse(error.getMessage().contains("\n"), error.getMessage());
    assertTrue(error.getMessage().contains("kv.json"), error.getMessage());
  }

  @Test
  void refusesWhatIsNoList() {
    for (String text : List.of("{}", "3", "null", "[3]", "[null]", "", "[] []")) {
      var error = assertThrows(IllegalArgumentException.class, () -> parse(text), text);
      assertTrue(error.getMessage().startsWith("kv.json"), error.getMessage());
    }
  }

  @Test
  void refusesDeepNestingAndLongTextsBeforeHoldingThem() {
    String deep = "[".repeat(100_000);
    String wide = "[\"" + "x".repeat(1_000_000) + "\"]";
    for (String text : List.of(deep, wide)) {
      var error = assertThrows(IllegalArgumentException.class, () -> parse(text));
      assertTrue(error.getMessage().startsWith("kv.json is not valid JSON"), error.getMessage());
    }
  }

  @Test
  void numbersAndIdsAreUnique() throws IOException {
    Paper paper = parse(GOOD).getFirst();
    Paper sameNumber = parse(GOOD.replace("a-b", "c")).getFirst();
    Paper sameId = parse(GOOD.replace("\"number\": 7", "\"number\": 8")).getFirst();
    var number =
        assertThrows(
            IllegalArgumentException.class, () -> Catalogue.ordered(List.of(paper, sameNumber)));
    assertEquals("\"a-b\" and \"c\" both have the number 7; renumber one.", number.getMessage());
    var id =
        assertThrows(
            IllegalArgumentException.class, () -> Catalogue.ordered(List.of(paper, sameId)));
    assertEquals("Two papers have the id \"a-b\"; rename one.", id.getMessage());
  }

  private static List<Paper> parse(String text) throws IOException {
    return Catalogue.parse(
        Family.KV, "kv.json", new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }
}
