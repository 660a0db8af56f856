package org.recollect.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The records of a file that holds one JSON value each line, or one list of them. Whatever is
/// wrong is refused in a sentence with file and line.
///
/// @param file what the file is called, in such a sentence
record JsonRecords(String file) {

  /// Far more than any record of a data set needs.
  private static final int MAX_DEPTH = 16;

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .build();

  /// The records of a file, in order; at least one.
  ///
  /// @throws IllegalArgumentException when there is no such file, or it is no UTF-8 text of at most
  ///   16 MiB, or holds something else than JSON, or nothing
  static List<JsonRecord> read(Path path) {
    return read(path, Corpora.MAX_FILE_BYTES);
  }

  /// The same of a file of at most this size.
  static List<JsonRecord> read(Path path, int bytes) {
    var file = new JsonRecords(String.valueOf(path.getFileName()));
    var text = text(path, bytes);
    var records = text.stripLeading().startsWith("[") ? file.list(text) : file.lines(text);
    if (records.isEmpty()) {
      throw new IllegalArgumentException(
          "%s holds no records; download or export it again.".formatted(path));
    }
    return records;
  }

  /// What a file's records are about, where they do not say: its name without the ending.
  static String subject(Path path) {
    return String.valueOf(path.getFileName()).replaceFirst("[.]jsonl?$", "");
  }

  /// The text of a file, without a byte order mark.
  static String text(Path path) {
    return text(path, Corpora.MAX_FILE_BYTES);
  }

  private static String text(Path path, int bytes) {
    try {
      var text = Corpora.readText(path, bytes);
      return text.startsWith("\uFEFF") ? text.substring(1) : text;
    } catch (NoSuchFileException e) {
      throw new IllegalArgumentException(
          "There is no file '%s'; download it there or give its path.".formatted(path), e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The file '%s' cannot be read (%s); give a file and check its permissions."
              .formatted(path, e.getMessage()),
          e);
    }
  }

  /// The one JSON value that a text of a record holds.
  static JsonNode value(String text, String place) {
    try (var parser = JSON.createParser(text)) {
      parser.nextToken();
      JsonNode value = parser.readValueAsTree();
      if (value != null && parser.nextToken() == null) {
        return value;
      }
      throw new IOException("no value, or more than one");
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "%s has a text that is not valid JSON (%s); mend the line or leave it out."
              .formatted(place, reason(e)),
          e);
    }
  }

  /// An object of texts by their keys, as a row of a table is one.
  static JsonRecord row(List<String> keys, List<String> cells, String place) {
    var node = JSON.createObjectNode();
    for (int i = 0; i < keys.size(); i++) {
      node.put(keys.get(i), cells.get(i));
    }
    return new JsonRecord(node, place);
  }

  private List<JsonRecord> lines(String text) {
    var records = new ArrayList<JsonRecord>();
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      if (!line.isBlank()) {
        try (var parser = JSON.createParser(line)) {
          parser.nextToken();
          records.add(new JsonRecord(parser.readValueAsTree(), place(number)));
          refuseMore(parser, number);
        } catch (IOException e) {
          throw malformed(number, e);
        }
      }
    }
    return records;
  }

  private List<JsonRecord> list(String text) {
    var records = new ArrayList<JsonRecord>();
    int line = 1;
    try (var parser = JSON.createParser(text)) {
      parser.nextToken();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        line = parser.currentTokenLocation().getLineNr();
        records.add(new JsonRecord(parser.readValueAsTree(), place(line)));
      }
      refuseMore(parser, parser.currentLocation().getLineNr());
    } catch (IOException e) {
      var place = e instanceof JsonProcessingException json ? json.getLocation() : null;
      throw malformed(place == null ? line : place.getLineNr(), e);
    }
    return records;
  }

  private void refuseMore(JsonParser parser, int line) throws IOException {
    if (parser.nextToken() != null) {
      throw new IllegalArgumentException(
          "%s goes on after the end of its JSON value; put one value on each line, or all in one list."
              .formatted(place(line)));
    }
  }

  private String place(int line) {
    return file + ", line " + line;
  }

  private IllegalArgumentException malformed(int line, IOException problem) {
    return new IllegalArgumentException(
        "%s is not valid JSON (%s); mend the line or leave it out."
            .formatted(place(line), reason(problem)),
        problem);
  }

  private static String reason(IOException problem) {
    var message =
        problem instanceof JsonProcessingException json
            ? json.getOriginalMessage()
            : problem.getMessage();
    return message == null ? "no value" : message.lines().findFirst().orElse("no value");
  }
}
