package org.recollect.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import org.recollect.tensor.AtomicFile;

/// Results as a JSON or CSV file and back, exactly.
final class ResultsFile {
  private static final String FORMAT = "recollect-results-1";

  private ResultsFile() {}

  static void save(Results results, Path file) {
    String text = isCsv(file) ? ResultsCsv.write(results) : json(results);
    AtomicFile.write(file, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  static Results load(Path file) {
    try {
      String text = Files.readString(file);
      return isCsv(file) ? ResultsCsv.read(text) : results(text);
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "There are no results at %s: check the path.".formatted(file), e);
    } catch (CharacterCodingException e) {
      throw malformed(file, "it is not text", e);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The results %s could not be read: %s.".formatted(file, e.getMessage()), e);
    } catch (IllegalArgumentException e) {
      throw malformed(file, e.getMessage(), e);
    }
  }

  private static String json(Results results) {
    ObjectNode node = RowJson.MAPPER.createObjectNode().put("format", FORMAT);
    node.set("setup", SetupJson.write(results.setup()));
    var rows = node.putArray("rows");
    results.rows().forEach(row -> rows.add(RowJson.write(row)));
    return node.toPrettyString() + "\n";
  }

  private static Results results(String text) {
    JsonNode node = RowJson.tree(text);
    if (!RowJson.need(node, "format").asText().equals(FORMAT)) {
      throw new IllegalArgumentException("its format is not " + FORMAT);
    }
    var rows = new ArrayList<Row>();
    RowJson.need(node, "rows").forEach(row -> rows.add(RowJson.read(row)));
    return new Results(SetupJson.read(RowJson.need(node, "setup")), rows);
  }

  private static boolean isCsv(Path file) {
    String name = file.getFileName().toString();
    if (!name.endsWith(".csv") && !name.endsWith(".json")) {
      throw new IllegalArgumentException(
          "Results are files that end in .csv or .json, but got " + name + ".");
    }
    return name.endsWith(".csv");
  }

  private static IllegalArgumentException malformed(Path file, String why, Exception cause) {
    return new IllegalArgumentException(
        "%s does not hold saved results (%s): save them with Results.save(...)."
            .formatted(file, why),
        cause);
  }
}
