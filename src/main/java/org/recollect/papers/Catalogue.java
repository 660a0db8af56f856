package org.recollect.papers;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Reads the catalogue's resources: `kv.json`, `memory.json` and so on, a list of papers each.
///
/// They are edited by hand, so whatever is wrong with one is said in a sentence that names the file
/// and the place in it.
final class Catalogue {
  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxDocumentLength(2_000_000)
                          .maxNestingDepth(10)
                          .maxStringLength(2_000)
                          .maxNumberLength(20)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private static final Map<String, Provenance> TAGS =
      Stream.of(Provenance.values()).collect(Collectors.toMap(Provenance::tag, tag -> tag));

  private Catalogue() {}

  /// Every paper of every family, by number.
  ///
  /// @throws IllegalArgumentException when a resource is not what it should be
  static List<Paper> read() {
    var papers = new ArrayList<Paper>();
    for (Family family : Family.values()) {
      String file = family.folder() + ".json";
      try (InputStream resource = Catalogue.class.getResourceAsStream(file)) {
        if (resource == null) {
          throw new IllegalArgumentException(
              "The catalogue's %s is missing from the class path; build the project again."
                  .formatted(file));
        }
        papers.addAll(parse(family, file, resource));
      } catch (IOException e) {
        throw new UncheckedIOException("Could not read the catalogue's " + file + ".", e);
      }
    }
    return ordered(papers);
  }

  /// The papers by number, which are unique, as their ids are.
  static List<Paper> ordered(List<Paper> papers) {
    var numbers = new HashMap<Integer, String>();
    var ids = new HashSet<String>();
    for (Paper paper : papers) {
      if (!ids.add(paper.id())) {
        throw new IllegalArgumentException(
            "Two papers have the id \"%s\"; rename one.".formatted(paper.id()));
      }
      String other = numbers.put(paper.number(), paper.id());
      if (other != null) {
        throw new IllegalArgumentException(
            "\"%s\" and \"%s\" both have the number %d; renumber one."
                .formatted(other, paper.id(), paper.number()));
      }
    }
    return papers.stream().sorted(Comparator.comparingInt(Paper::number)).toList();
  }

  /// One family's papers, in the order of the file.
  ///
  /// @param file what to call the source in an error
  /// @throws IllegalArgumentException when it is not JSON, or not of the form that [Catalogue]
  ///   gives
  static List<Paper> parse(Family family, String file, InputStream source) throws IOException {
    JsonNode root;
    try {
      root = JSON.readTree(source);
    } catch (JsonProcessingException e) {
      var place = e.getLocation();
      throw new IllegalArgumentException(
          "%s is not valid JSON at line %d, column %d: %s; mend it there."
              .formatted(
                  file,
                  place == null ? 1 : place.getLineNr(),
                  place == null ? 1 : place.getColumnNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("")),
          e);
    }
    return new Entry(root, file).elements().stream().map(entry -> paper(family, entry)).toList();
  }

  private static Paper paper(Family family, Entry entry) {
    entry.allow(
        "number",
        "id",
        "shortName",
        "title",
        "year",
        "seeds",
        "sheet",
        "problem",
        "idea",
        "claims",
        "notebook");
    return entry.build(() ->
        new Paper(
            entry.integer("number"),
            entry.text("id"),
            entry.text("title"),
            entry.text("shortName"),
            entry.integer("year"),
            family,
            entry.texts("seeds"),
            sheet(entry.object("sheet")),
            entry.text("problem"),
            entry.text("idea"),
            entry.list("claims").stream().map(Catalogue::claim).toList(),
            entry.has("notebook") ? Optional.of(entry.text("notebook")) : Optional.empty()));
  }

  private static Sheet sheet(Entry entry) {
    entry.allow("file", "heading", "provenance");
    Set<Provenance> provenance =
        entry.texts("provenance").stream()
            .map(tag -> entry.oneOf("provenance", tag, TAGS))
            .collect(Collectors.toSet());
    return entry.build(() -> new Sheet(entry.text("file"), entry.text("heading"), provenance));
  }

  private static Claim claim(Entry entry) {
    entry.allow("id", "statement", "figure", "expect");
    Optional<Expectation> expectation =
        entry.has("expect") ? Optional.of(expectation(entry.object("expect"))) : Optional.empty();
    return entry.build(() ->
        new Claim(entry.text("id"), entry.text("statement"), entry.text("figure"), expectation));
  }

  /// `{measure, arm, betterThan, by}` is a comparison, `{measure, arm, within}` a bound; either may
  /// have a `where`.
  private static Expectation expectation(Entry entry) {
    Map<String, String> where = entry.has("where") ? entry.object("where").pairs() : Map.of();
    if (entry.has("within")) {
      entry.allow("measure", "arm", "within", "where");
      return entry.build(() ->
          new Expectation.Within(
              entry.text("measure"), entry.text("arm"), entry.number("within"), where));
    }
    entry.allow("measure", "arm", "betterThan", "by", "where");
    return entry.build(() ->
        new Expectation.Better(
            entry.text("measure"),
            entry.text("arm"),
            entry.text("betterThan"),
            entry.has("by") ? entry.number("by") : 0,
            where));
  }
}
